import fc from 'fast-check'
import { IterableBody } from '../../../lib/source/iterable-body'
import type { ChunkReader } from '../../../lib/source/source'
import { Regrouped } from '../../../lib/wire/readers/regrouped'

async function blocksOf(reader: ChunkReader): Promise<Buffer[]> {
  const blocks: Buffer[] = []
  while (true) {
    const { block, last } = await new Promise<{ block?: Uint8Array; last: boolean }>(
      (resolve, reject) =>
        reader.read(1, (error, read, isLast = false) =>
          error === null
            ? resolve(read === undefined ? { last: true } : { block: read, last: isLast })
            : reject(error),
        ),
    )
    if (block !== undefined) blocks.push(Buffer.from(block))
    if (last) return blocks
  }
}

async function* slowly<T>(items: readonly T[]) {
  for (const item of items) {
    await null
    yield item
  }
}

test('all chunks but the last have the size, and the bytes stay the same', async () => {
  const bodies = fc.array(fc.uint8Array({ maxLength: 20 }), { maxLength: 20 })
  await fc.assert(
    fc.asyncProperty(
      bodies,
      fc.integer({ min: 1, max: 25 }),
      fc.boolean(),
      async (items, size, slow) => {
        const iterator = slow ? slowly(items) : items.values()
        const blocks = await blocksOf(new Regrouped(new IterableBody(iterator), size))
        expect(Buffer.concat(blocks).equals(Buffer.concat(items))).toBe(true)
        for (const block of blocks.slice(0, -1)) expect(block).toHaveLength(size)
        for (const block of blocks.slice(-1)) {
          expect(block.length).toBeGreaterThan(0)
          expect(block.length).toBeLessThanOrEqual(size)
        }
      },
    ),
    { numRuns: 200 },
  )
})

test('passes a failure on', async () => {
  const failing = {
    next: () => {
      throw new Error('no')
    },
  }
  await expect(blocksOf(new Regrouped(new IterableBody(failing), 3))).rejects.toThrow('no')
})
