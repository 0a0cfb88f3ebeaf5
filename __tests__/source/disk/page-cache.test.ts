import { constants } from 'node:os'
import { PageCache } from '../../../lib/source/disk/page-cache.js'
import type { Sendfile } from '../../../lib/source/disk/sendfile.js'
import type { RandomAccessFile } from '../../../lib/source/source.js'

const KIB = 1024
const { EAGAIN, EOPNOTSUPP } = constants.errno
const never = () => {
  throw new Error('Not of interest')
}

/** A cache of a file of which only the first `cachedBytes` bytes are in memory. */
function cacheOf(
  cachedBytes: number,
  {
    countsPages = true,
    isClosed = false,
    sent,
  }: { countsPages?: boolean; isClosed?: boolean; sent?: number } = {},
) {
  const requested: [position: number, bytes: number][] = []
  const calls: Sendfile = {
    minBytes: 1,
    send: never,
    readCached: (_file, { length }, position) =>
      position >= cachedBytes ? -EAGAIN : Math.min(length, cachedBytes - position),
    hasCachedPages: (_file, position, bytes) => countsPages && position + bytes <= cachedBytes,
    sendFile: (_socket, _file, position, bytes) => {
      requested.push([position, bytes])
      return sent ?? bytes
    },
  }
  const file: RandomAccessFile = {
    id: 'file',
    size: 10_000 * KIB,
    mtimeNs: 1n,
    descriptor: isClosed ? undefined : 7,
    readFully: never,
    checkChange: never,
    currentState: never,
    close: () => {},
  }
  return { cache: new PageCache(file, calls), calls, requested }
}

test.each([true, false])('sends what is in memory; the kernel counts pages: %p', (countsPages) => {
  const { cache, requested } = cacheOf(1000 * KIB, { countsPages })
  expect(cache.send(3, 100, 300 * KIB, undefined)).toBe(300 * KIB)
  // Whole windows of 128 KiB are in memory or not.
  expect(cache.send(3, 800 * KIB, 1024 * KIB, undefined)).toBe(128 * KIB)
  expect(cache.send(3, 990 * KIB, 1024 * KIB, undefined)).toBe('uncached')
  expect(requested).toEqual([
    [100, 300 * KIB],
    [800 * KIB, 128 * KIB],
  ])
})

test.each([
  [true, 1],
  [false, 8],
])('the kernel counts pages: %p, so that a mebibyte takes %i reads', (countsPages, reads) => {
  const { cache, calls } = cacheOf(2000 * KIB, { countsPages })
  const readCached = jest.spyOn(calls, 'readCached')
  expect(cache.send(3, 0, 1024 * KIB, undefined)).toBe(1024 * KIB)
  expect(readCached).toHaveBeenCalledTimes(reads)
})

test('a page that is being read counts as not in memory', () => {
  const { cache, calls, requested } = cacheOf(1000 * KIB)
  jest.spyOn(calls, 'readCached').mockReturnValue(-EAGAIN)
  expect(cache.send(3, 0, 500 * KIB, undefined)).toBe('uncached')
  expect(requested).toEqual([])
})

test('sends as few as one byte', () => {
  expect(cacheOf(10).cache.send(3, 9, 1, undefined)).toBe(1)
})

test('a file system that cannot tell what is in memory counts as not in memory', () => {
  const { cache, calls, requested } = cacheOf(1000)
  jest.spyOn(calls, 'readCached').mockReturnValue(-EOPNOTSUPP)
  expect(cache.send(3, 0, 10, undefined)).toBe('uncached')
  expect(cache.read(Buffer.alloc(10), 0)).toBe(false)
  expect(requested).toEqual([])
})

test.each([
  ['a full socket', -EAGAIN, 'full'],
  ['the end of the file', 0, 'read'],
  ['any other failure', -constants.errno.EPIPE, 'read'],
])('tells %s', (_name, sent, result) => {
  expect(cacheOf(1000, { sent }).cache.send(3, 0, 10, undefined)).toBe(result)
})

test('sends and reads nothing of a file that was closed', () => {
  const { cache, requested } = cacheOf(1000, { isClosed: true })
  expect(cache.send(3, 0, 10, undefined)).toBe('read')
  expect(cache.read(Buffer.alloc(10), 0)).toBe(false)
  expect(requested).toEqual([])
})

test('reads small buffers that are in memory as a whole', () => {
  const { cache } = cacheOf(1000 * KIB)
  expect(cache.read(Buffer.alloc(64 * KIB), 0)).toBe(true)
  expect(cache.read(Buffer.alloc(64 * KIB + 1), 0)).toBe(false)
  expect(cache.read(Buffer.alloc(64 * KIB), 950 * KIB)).toBe(false)
})
