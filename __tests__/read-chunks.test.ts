import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { readChunks } from '../lib/index.js'
import { eventually } from './support/eventually.js'
import { directoryOf, openDescriptors, patternOf, removeDirectories } from './support/files.js'

const content = patternOf(1_000_000)
const root = directoryOf({ 'file.bin': content, 'empty.bin': '' })
const path = join(root, 'file.bin')

afterAll(removeDirectories)

async function collect(chunks: AsyncIterable<Buffer>): Promise<Buffer[]> {
  const all: Buffer[] = []
  for await (const chunk of chunks) all.push(chunk)
  return all
}

describe('the chunks of a file', () => {
  test.each([[65536], [1], [999_999], [1_000_000], [1_000_001], [262_144]])(
    'have exactly %p bytes each, except the last',
    async (chunkSize) => {
      const options = chunkSize === 1 ? { chunkSize, end: 99 } : { chunkSize }
      const expected = content.subarray(0, chunkSize === 1 ? 100 : undefined)
      const chunks = await collect(readChunks(path, options))
      expect(Buffer.concat(chunks).equals(expected)).toBe(true)
      expect(chunks.slice(0, -1).every((chunk) => chunk.length === chunkSize)).toBe(true)
      expect(chunks).toHaveLength(Math.ceil(expected.length / chunkSize))
    },
  )

  test('are Buffers of 65,536 bytes by default', async () => {
    const [first] = await collect(readChunks(pathToFileURL(path)))
    expect(Buffer.isBuffer(first)).toBe(true)
    expect(first).toHaveLength(65536)
  })

  test.each([
    [{ start: 10, end: 19 }, 10, 20],
    [{ start: 999_990 }, 999_990, 1_000_000],
    [{ end: 0 }, 0, 1],
    [{ start: 999_999, end: 5_000_000 }, 999_999, 1_000_000],
    [{ start: 1_000_000 }, 1_000_000, 1_000_000],
  ])('of %j are those bytes, the end included', async (options, from, to) => {
    const bytes = Buffer.concat(await collect(readChunks(path, options)))
    expect(bytes.equals(content.subarray(from, to))).toBe(true)
  })

  test('of an empty file are none', async () => {
    expect(await collect(readChunks(join(root, 'empty.bin')))).toEqual([])
  })

  test('may be kept: reading on does not write over them', async () => {
    const chunks = await collect(readChunks(path, { chunkSize: 200_000 }))
    expect(Buffer.concat(chunks).equals(content)).toBe(true)
  })

  const onLinux = process.platform === 'linux' ? test : test.skip

  onLinux('of a file in /proc are all it has, though its size is 0 (on Linux only)', async () => {
    const chunks = await collect(readChunks('/proc/self/status', { chunkSize: 100 }))
    expect(Buffer.concat(chunks).toString()).toContain('VmRSS')
    expect(chunks[0]).toHaveLength(100)
  })
})

describe('the file is closed', () => {
  const onLinux = openDescriptors() === undefined ? test.skip : test

  async function left(use: () => Promise<unknown>): Promise<void> {
    const before = openDescriptors() ?? 0
    await use()
    await eventually(() => (openDescriptors() ?? 0) <= before)
  }

  onLinux('when the loop exits early (counted on Linux only)', () =>
    left(async () => {
      for await (const chunk of readChunks(path)) if (chunk.length > 0) break
    }),
  )

  onLinux('when the loop throws (counted on Linux only)', () =>
    left(async () => {
      const failing = async () => {
        for await (const _ of readChunks(path)) throw new Error('mine')
      }
      await expect(failing()).rejects.toThrow('mine')
    }),
  )

  onLinux(
    'when the signal fires, even if no further chunk is requested (counted on Linux only)',
    () =>
      left(async () => {
        const controller = new AbortController()
        const chunks = readChunks(path, { signal: controller.signal })
        await chunks.next()
        controller.abort()
      }),
  )
})

describe('errors', () => {
  test('a missing file is a 404 that names no path', async () => {
    const missing = join(root, 'missing.bin')
    await expect(collect(readChunks(missing))).rejects.toMatchObject({
      status: 404,
      code: 'ENOENT',
      message: 'Not Found',
    })
  })

  test('a path with a NUL character is a 400 that names no path, as in streamResponse', async () => {
    const error = await collect(readChunks('no\0file')).catch((thrown: unknown) => thrown)
    expect(error).toMatchObject({ status: 400, message: 'Bad Request' })
    expect(JSON.stringify(error)).not.toContain('file')
  })

  test('a directory is a 404', async () => {
    await expect(collect(readChunks(root))).rejects.toMatchObject({ status: 404 })
  })

  test('a signal ends the iteration with its reason', async () => {
    const controller = new AbortController()
    const chunks = readChunks(path, { signal: controller.signal })
    await chunks.next()
    controller.abort(new Error('enough'))
    await expect(chunks.next()).rejects.toThrow('enough')
    await expect(collect(readChunks(path, { signal: controller.signal }))).rejects.toThrow('enough')
  })

  test.each([
    [{ chunkSize: 0 }, 'readChunks: option "chunkSize" must be an integer of at least 1'],
    [{ start: -1 }, 'readChunks: option "start" must be an integer of at least 0'],
    [{ start: 2, end: 1 }, 'readChunks: option "end" must not be less than "start"'],
    [{ signal: {} }, 'readChunks: option "signal" must be an AbortSignal, not an object'],
    [{ size: 1 }, 'readChunks: unknown option "size"'],
  ])('options of %j throw at once and by name', (options, message) => {
    expect(() => readChunks(path, options as object)).toThrow(TypeError)
    expect(() => readChunks(path, options as object)).toThrow(message)
  })
})
