import fc from 'fast-check'
import { RechunkingReader } from '../../../lib/body/decorators/rechunking-reader.js'
import { IterableReader } from '../../../lib/body/iterable-reader.js'
import type { ChunkReader } from '../../../lib/source/source.js'

async function buffersOf(reader: ChunkReader): Promise<Buffer[]> {
  const buffers: Buffer[] = []
  while (true) {
    const { buffer, last } = await new Promise<{ buffer?: Uint8Array; last: boolean }>(
      (resolve, reject) =>
        reader.read(1, (error, read, isLast = false) =>
          error === null
            ? resolve(read === undefined ? { last: true } : { buffer: read, last: isLast })
            : reject(error),
        ),
    )
    if (buffer !== undefined) buffers.push(Buffer.from(buffer))
    if (last) return buffers
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
        const buffers = await buffersOf(new RechunkingReader(new IterableReader(iterator), size))
        expect(Buffer.concat(buffers).equals(Buffer.concat(items))).toBe(true)
        for (const buffer of buffers.slice(0, -1)) expect(buffer).toHaveLength(size)
        for (const buffer of buffers.slice(-1)) {
          expect(buffer.length).toBeGreaterThan(0)
          expect(buffer.length).toBeLessThanOrEqual(size)
        }
      },
    ),
    { numRuns: 200 },
  )
})

test('passes an error through', async () => {
  const failing = {
    next: () => {
      throw new Error('no')
    },
  }
  await expect(buffersOf(new RechunkingReader(new IterableReader(failing), 3))).rejects.toThrow(
    'no',
  )
})
