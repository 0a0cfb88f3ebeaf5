import { setImmediate as turn } from 'node:timers/promises'
import { GatheringReader } from '../../../lib/body/decorators/gathering-reader.js'
import type { ChunkReader, ReadCallback } from '../../../lib/source/source.js'

/** A reader whose reads the test completes; what is delivered before a read completes it at once. */
class ScriptedReader implements ChunkReader {
  readonly #delivered: Parameters<ReadCallback>[] = []
  #waiting: ReadCallback | undefined
  reads = 0

  deliver(...read: Parameters<ReadCallback>): void {
    const waiting = this.#waiting
    this.#waiting = undefined
    if (waiting === undefined) this.#delivered.push(read)
    else waiting(...read)
  }

  read(_sizeHint: number, callback: ReadCallback): void {
    this.reads++
    if (this.#waiting !== undefined) throw new Error('read before the last read was complete')
    const read = this.#delivered.shift()
    if (read === undefined) this.#waiting = callback
    else callback(...read)
  }

  release(): void {}
  close(): undefined {}
}

function received(
  reader: ChunkReader,
  sizeHint = 1024 * 1024,
): Promise<[Error | null, string | undefined, boolean]> {
  return new Promise((resolve) =>
    reader.read(sizeHint, (error, buffer, last = false) =>
      resolve([error, buffer === undefined ? undefined : Buffer.from(buffer).toString(), last]),
    ),
  )
}

test('chunks that are available at once are joined, the end with them', async () => {
  const inner = new ScriptedReader()
  for (const text of ['a', 'b', 'c']) inner.deliver(null, Buffer.from(text))
  inner.deliver(null)
  expect(await received(new GatheringReader(inner))).toEqual([null, 'abc', true])
})

test('chunks that become available in one turn are joined', async () => {
  const inner = new ScriptedReader()
  const chunk = received(new GatheringReader(inner))
  inner.deliver(null, Buffer.from('a'))
  await Promise.resolve()
  inner.deliver(null, Buffer.from('b'))
  expect(await chunk).toEqual([null, 'ab', false])
})

test('a chunk does not wait for the next one longer than a turn', async () => {
  const inner = new ScriptedReader()
  const reader = new GatheringReader(inner)
  inner.deliver(null, Buffer.from('a'))
  expect(await received(reader)).toEqual([null, 'a', false])
  const next = received(reader)
  await turn()
  expect(inner.reads).toBe(2)
  inner.deliver(null, Buffer.from('b'), true)
  expect(await next).toEqual([null, 'b', true])
  expect(await received(reader)).toEqual([null, undefined, false])
})

test('what was read before an error is delivered before it', async () => {
  const inner = new ScriptedReader()
  const reader = new GatheringReader(inner)
  inner.deliver(null, Buffer.from('a'))
  inner.deliver(new Error('broken'))
  expect(await received(reader)).toEqual([null, 'a', false])
  expect((await received(reader))[0]?.message).toBe('broken')
})

test('an error before the first chunk is delivered as such', async () => {
  const inner = new ScriptedReader()
  inner.deliver(new Error('broken'))
  expect((await received(new GatheringReader(inner)))[0]?.message).toBe('broken')
})

test('no more is joined than a bound', async () => {
  const inner = new ScriptedReader()
  for (let count = 0; count < 5; count++) inner.deliver(null, Buffer.alloc(64 * 1024))
  const reader = new GatheringReader(inner)
  expect((await received(reader))[1]).toHaveLength(128 * 1024)
  expect(inner.reads).toBe(2)
})

test('no more is joined than is asked for', async () => {
  const inner = new ScriptedReader()
  for (const text of ['ab', 'cd', 'ef']) inner.deliver(null, Buffer.from(text))
  const reader = new GatheringReader(inner)
  expect(await received(reader, 1)).toEqual([null, 'ab', false])
  expect(inner.reads).toBe(1)
  expect(await received(reader, 3)).toEqual([null, 'cdef', false])
})

test('a hundred thousand chunks at once do not overflow the stack', async () => {
  const inner = new ScriptedReader()
  for (let count = 0; count < 100_000; count++) inner.deliver(null, Buffer.from('x'))
  inner.deliver(null)
  expect((await received(new GatheringReader(inner)))[1]).toHaveLength(100_000)
})
