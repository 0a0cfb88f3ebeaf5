import type { Segment } from '../../../lib/http/byte-ranges.js'
import { unpooledBuffers } from '../../../lib/source/buffer-pool.js'
import type { FileChange } from '../../../lib/source/disk/file-change.js'
import { changeSince } from '../../../lib/source/disk/file-change.js'
import { FileReader } from '../../../lib/source/disk/file-reader.js'
import type { Sendfile } from '../../../lib/source/disk/sendfile.js'
import type { RandomAccessFile } from '../../../lib/source/source.js'
import { patternOf } from '../../support/files.js'

const KIB = 1024
const BLOCK = 64 * KIB
const SAMPLE = 256
const SIZE = 40 * BLOCK
const before = patternOf(SIZE)

type Fill = Parameters<RandomAccessFile['readFully']>

/** A file in memory, which every test may change between two reads. */
class ChangingFile implements RandomAccessFile {
  readonly id = 'changing'
  readonly descriptor = 7
  readonly size: number | undefined
  content: Buffer
  mtimeNs = 1n
  comparisons = 0
  readonly fills: { position: number; length: number }[] = []
  /** Lets a read wait, until what it returns is settled. */
  hold: (position: number) => Promise<void> | undefined = () => undefined

  constructor(content: Buffer, size: number | undefined = content.length) {
    this.content = content
    this.size = size
  }

  change(content: Buffer): void {
    this.content = content
    this.mtimeNs++
  }

  readFully(...[buffer, position, done]: Fill): void {
    this.fills.push({ position, length: buffer.length })
    const fillNow = () => done(null, this.content.copy(buffer, 0, position))
    setImmediate(() => {
      const held = this.hold(position)
      if (held === undefined) fillNow()
      else void held.then(fillNow)
    })
  }

  checkChange(done: (change: FileChange) => void): void {
    this.comparisons++
    const now = { size: BigInt(this.content.length), mtimeNs: this.mtimeNs }
    setImmediate(() => done(changeSince({ size: this.size, mtimeNs: 1n }, now)))
  }

  currentState(): Promise<never> {
    return Promise.reject(new Error('Only a follower asks for it'))
  }

  close(): void {}
}

const wholeOf = (file: ChangingFile): Segment[] => [
  { start: 0, end: (file.size ?? Number.POSITIVE_INFINITY) - 1 },
]

/** Reads a body to its end, or to its error; `onBlock` is told how many blocks came before. */
async function readAll(
  file: ChangingFile,
  onBlock: (buffers: number) => void = () => {},
  segments = wholeOf(file),
): Promise<{ bytes: Buffer; code?: unknown }> {
  const body = new FileReader(file, segments, BLOCK, unpooledBuffers)
  const buffers: Uint8Array[] = []
  while (true) {
    const read = await new Promise<{ error?: Error; buffer?: Uint8Array; last: boolean }>(
      (resolve) =>
        body.read(BLOCK, (error, buffer, last = false) =>
          resolve(
            error === null
              ? buffer === undefined
                ? { last: true }
                : { buffer, last }
              : { error, last },
          ),
        ),
    )
    const bytes = Buffer.concat(buffers)
    if (read.error !== undefined) {
      return { bytes, code: 'code' in read.error ? read.error.code : read.error }
    }
    if (read.buffer !== undefined) buffers.push(read.buffer)
    if (read.last) return { bytes: Buffer.concat(buffers) }
    // By then the end of the body, which is read beside the first block, is there.
    await new Promise((resolve) => setImmediate(resolve))
    onBlock(buffers.length)
  }
}

const CHANGED = 'ERR_FILE_CHANGED'

test('a file that is appended to meanwhile is read to its original size', async () => {
  const file = new ChangingFile(before)
  const { bytes, code } = await readAll(file, (buffers) => {
    if (buffers % 5 === 0) file.change(Buffer.concat([file.content, Buffer.from('one more row\n')]))
  })
  expect(code).toBeUndefined()
  expect(bytes.equals(before)).toBe(true)
})

test('a file that was appended to and then rewritten fails at the end', async () => {
  const file = new ChangingFile(before)
  // Every check in between finds it longer, and otherwise as it was.
  const checks = jest.spyOn(performance, 'now')
  let time = 0
  checks.mockImplementation(() => {
    time += 200
    return time
  })
  const { code } = await readAll(file, (buffers) => {
    if (buffers === 2) file.change(Buffer.concat([before, Buffer.from('more')]))
    if (buffers === 39) file.change(Buffer.concat([before.subarray(0, SIZE - 1), Buffer.alloc(9)]))
  })
  checks.mockRestore()
  expect(file.comparisons).toBeGreaterThan(30)
  expect(code).toBe(CHANGED)
})

test.each([1, 2, 20, 38])(
  'a file that is regenerated from the first byte on after %i blocks, and ends as before, fails',
  async (when) => {
    const file = new ChangingFile(before)
    const { code } = await readAll(file, (buffers) => {
      if (buffers !== when) return
      const other = Buffer.alloc(SIZE + 1, 'new')
      before.copy(other, SIZE - BLOCK, SIZE - BLOCK)
      file.change(other)
    })
    expect(code).toBe(CHANGED)
  },
)

test.each([1, 2, 20, 38])(
  'a file that is regenerated behind what was read of it after %i blocks fails',
  async (when) => {
    const file = new ChangingFile(before)
    const { code } = await readAll(file, (buffers) => {
      if (buffers !== when) return
      const same = before.subarray(0, when * BLOCK)
      file.change(Buffer.concat([same, Buffer.alloc(SIZE, 'new')]))
    })
    expect(code).toBe(CHANGED)
  },
)

test('a range is compared with itself: a change after it does not matter', async () => {
  const file = new ChangingFile(before)
  const range = { start: BLOCK, end: 5 * BLOCK - 1 }
  const change = (place: number) => (buffers: number) => {
    const other = Buffer.concat([before, Buffer.from('more')])
    other[place] = (other[place] ?? 0) ^ 1
    if (buffers === 1) file.change(other)
  }
  const { bytes, code } = await readAll(file, change(range.end + 1), [range])
  expect(code).toBeUndefined()
  expect(bytes.equals(before.subarray(range.start, range.end + 1))).toBe(true)
  expect((await readAll(new ChangingFile(before), undefined, [range])).code).toBeUndefined()
  file.content = before
  file.mtimeNs = 1n
  expect((await readAll(file, change(range.end), [range])).code).toBe(CHANGED)
})

test('a check waits for the read of the tail', async () => {
  const file = new ChangingFile(before.subarray(0, 2 * BLOCK))
  let release = () => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  file.hold = (position) => (position === 2 * BLOCK - SAMPLE ? held : undefined)
  const all = readAll(file, (buffers) => {
    if (buffers === 1) file.change(Buffer.concat([file.content, Buffer.from('more')]))
  })
  let settled = false
  void all.then(() => {
    settled = true
  })
  while (file.comparisons === 0) await new Promise((resolve) => setImmediate(resolve))
  await new Promise((resolve) => setImmediate(resolve))
  expect(settled).toBe(false)
  file.hold = () => undefined
  release()
  expect((await all).code).toBeUndefined()
})

test('a grown file whose tail cannot be read again fails', async () => {
  const file = new ChangingFile(before.subarray(0, 2 * BLOCK))
  const { readFully: fill } = file
  file.readFully = (...parameters: Fill) => {
    const [, position, done] = parameters
    if (position === 2 * BLOCK - SAMPLE) done(new Error('EIO'), 0)
    else Reflect.apply(fill, file, parameters)
  }
  const { code } = await readAll(file, () => {
    file.change(Buffer.concat([before, before]))
  })
  expect(code).toBe(CHANGED)
})

test('a body of one buffer is read once and not compared', async () => {
  const file = new ChangingFile(before.subarray(0, BLOCK))
  expect((await readAll(file)).bytes).toHaveLength(BLOCK)
  expect(file.fills).toHaveLength(1)
  expect(file.comparisons).toBe(0)
})

test('an unchanged file of any length costs one additional read and one comparison', async () => {
  const file = new ChangingFile(before)
  const now = jest.spyOn(performance, 'now').mockReturnValue(0)
  const { bytes } = await readAll(file)
  now.mockRestore()
  expect(bytes.equals(before)).toBe(true)
  expect(file.fills.filter(({ length }) => length < BLOCK)).toEqual([
    { position: SIZE - SAMPLE, length: SAMPLE },
  ])
  expect(file.comparisons).toBe(1)
})

test('a grown file of any length is compared at ten positions at most', async () => {
  const file = new ChangingFile(before)
  const now = jest.spyOn(performance, 'now').mockReturnValue(0)
  await readAll(file, (buffers) => {
    if (buffers === 1) file.change(Buffer.concat([before, Buffer.from('more')]))
  })
  now.mockRestore()
  const samples = file.fills.filter(({ length }) => length < BLOCK).slice(1)
  expect(samples.length).toBeGreaterThan(3)
  expect(samples.length).toBeLessThanOrEqual(10)
})

test('a file of unknown size is read to its end', async () => {
  const file = new ChangingFile(before.subarray(0, 3 * BLOCK + 1), undefined)
  // What says that it is empty, as those of /proc do.
  file.checkChange = (done) => done('none')
  expect((await readAll(file)).bytes.equals(file.content)).toBe(true)
})

describe('with system calls', () => {
  /** Calls of which every byte is in the page cache, and every socket has room. */
  function callsFor(file: ChangingFile): Sendfile {
    return {
      minBytes: 1,
      send: (_socket, { length }) => length,
      sendFile: (_socket, _file, position, bytes) =>
        Math.max(Math.min(bytes, file.content.length - position), 0),
      hasCachedPages: () => false,
      readCached: (_file, buffer, position) => file.content.subarray(position).copy(buffer),
    }
  }

  function readerOf(file: ChangingFile, segments = wholeOf(file)): FileReader {
    return new FileReader(file, segments, BLOCK, unpooledBuffers, callsFor(file))
  }

  function readOne(body: FileReader): Promise<{ error: Error | null; length?: number }> {
    return new Promise((resolve) =>
      body.read(BLOCK, (error, buffer) =>
        resolve({ error, ...(buffer && { length: buffer.length }) }),
      ),
    )
  }

  test('the first chunk and the last one are read, and what is between may be sent', async () => {
    const body = readerOf(new ChangingFile(before))
    expect(body.sendTo(3, 1000)).toBe('read')
    expect(await readOne(body)).toEqual({ error: null, length: BLOCK })
    expect(body.sendable).toBe(SIZE - 2 * BLOCK)
    expect(body.sendTo(3, SIZE)).toBe(SIZE - 2 * BLOCK)
    expect(body.sendTo(3, SIZE)).toBe('read')
    expect(await readOne(body)).toEqual({ error: null, length: BLOCK })
    expect(await readOne(body)).toEqual({ error: null })
  })

  test('a read after a part of a chunk was sent ends with the chunk', async () => {
    const body = readerOf(new ChangingFile(before))
    await readOne(body)
    expect(body.sendTo(3, BLOCK + 100)).toBe(BLOCK + 100)
    expect(await readOne(body)).toEqual({ error: null, length: BLOCK - 100 })
    expect(await readOne(body)).toEqual({ error: null, length: BLOCK })
  })

  test('nothing is sent between the end of 16 MiB, or of a tenth of a second, and the check', async () => {
    const clock = jest.spyOn(performance, 'now').mockReturnValue(0)
    const file = new ChangingFile(Buffer.alloc(20 * KIB * KIB))
    const body = readerOf(file)
    await readOne(body)
    expect(body.sendTo(3, 16 * KIB * KIB - BLOCK)).toBe(16 * KIB * KIB - BLOCK)
    expect(body.sendTo(3, 1)).toBe('read')
    await readOne(body)
    expect(file.comparisons).toBe(1)
    expect(body.sendTo(3, 1)).toBe(1)
    clock.mockReturnValue(100)
    expect(body.sendTo(3, 1)).toBe('read')
    file.change(Buffer.alloc(20 * KIB * KIB))
    expect((await readOne(body)).error).toMatchObject({ code: CHANGED })
    clock.mockRestore()
  })

  test('what is sent is sampled: a file that grew and differs only there has changed', async () => {
    const file = new ChangingFile(before)
    const body = readerOf(file)
    await readOne(body)
    expect(body.sendTo(3, SIZE)).toBe(SIZE - 2 * BLOCK)
    const grown = Buffer.concat([before, Buffer.from('more')])
    grown.fill(0, BLOCK, SIZE - BLOCK)
    file.change(grown)
    expect((await readOne(body)).error).toMatchObject({ code: CHANGED })
  })

  test('a file that became shorter sends nothing, and fails when it is read', async () => {
    const file = new ChangingFile(before)
    const body = readerOf(file)
    await readOne(body)
    file.change(before.subarray(0, BLOCK))
    expect(body.sendTo(3, SIZE)).toBe('uncached')
    expect((await readOne(body)).error).toMatchObject({ code: CHANGED })
  })

  test('the parts of a multipart body may be sent, and the delimiters between them are read', async () => {
    const delimiter = Buffer.from('--delimiter')
    const ranges = [
      { start: 10, end: 10 * BLOCK },
      { start: 20 * BLOCK, end: 30 * BLOCK },
    ] as const
    const body = readerOf(new ChangingFile(before), [delimiter, ranges[0], delimiter, ranges[1]])
    expect(await readOne(body)).toEqual({ error: null, length: delimiter.length })
    expect(body.sendTo(3, 1)).toBe('read')
    await readOne(body)
    const length = 10 * BLOCK - 9
    expect(body.sendTo(3, SIZE)).toBe(Math.floor((length - 1) / BLOCK) * BLOCK - BLOCK)
    await readOne(body)
    expect(await readOne(body)).toEqual({ error: null, length: delimiter.length })
    expect(body.sendTo(3, SIZE)).toBe(10 * BLOCK)
  })
})
