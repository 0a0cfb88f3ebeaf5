import { constants } from 'node:os'
import type { NothingSent, RandomAccessFile } from '../source.js'
import { type FileSamples, SAMPLE_BYTES } from './file-samples.js'
import type { Sendfile } from './sendfile.js'

const { EAGAIN } = constants.errno

// The largest read in the thread of the event loop: it takes as long as a trip to the thread pool.
const MAX_READ_BYTES = 64 * 1024

// Where the kernel does not count cached pages, the last bytes of each window are read. It reads files ahead in
// windows of this size, so what is missing is hardly smaller.
const READ_AHEAD_WINDOW = 128 * 1024

// Every call is synchronous, so one buffer is enough for all files.
const probe = Buffer.allocUnsafe(SAMPLE_BYTES)

/** The bytes of a file that are in the page cache of the kernel. Using them waits for nothing. */
export class PageCache {
  readonly calls: Sendfile
  readonly #file: RandomAccessFile

  constructor(file: RandomAccessFile, calls: Sendfile) {
    this.#file = file
    this.calls = calls
  }

  /** Fills a small buffer. Returns whether all of its bytes were cached. */
  read(target: Uint8Array, position: number): boolean {
    const { descriptor } = this.#file
    if (descriptor === undefined || target.length > MAX_READ_BYTES) return false
    return this.calls.readCached(descriptor, target, position) === target.length
  }

  /** Fills a buffer, by the thread pool if not all of its bytes are cached. */
  readFully(...[target, position, callback]: Parameters<RandomAccessFile['readFully']>): void {
    if (this.read(target, position)) callback(null, target.length)
    else this.#file.readFully(target, position, callback)
  }

  /** Sends up to `most` bytes to the descriptor of a socket. The bytes are sampled before they are sent. */
  send(
    socket: number,
    position: number,
    most: number,
    samples: FileSamples | undefined,
  ): number | NothingSent {
    const { descriptor } = this.#file
    if (descriptor === undefined) return 'read'
    const bytes = this.#cachedBytes(descriptor, position, most, samples)
    if (bytes === 0) return 'uncached'
    const sent = this.calls.sendFile(socket, descriptor, position, bytes)
    if (sent === -EAGAIN) return 'full'
    // The file is shorter now, or one of the descriptors has failed, or a signal interrupted the call: reading
    // and writing tell which, and go on if they can.
    return sent > 0 ? sent : 'read'
  }

  #cachedBytes(
    descriptor: number,
    position: number,
    most: number,
    samples: FileSamples | undefined,
  ): number {
    const hasPages =
      most > READ_AHEAD_WINDOW && this.calls.hasCachedPages(descriptor, position, most)
    // A page may be in the cache before it was read, so the last bytes are read in any case.
    const window = hasPages ? most : READ_AHEAD_WINDOW
    let cached = 0
    while (cached < most) {
      const end = Math.min(cached + window, most)
      const tail = probe.subarray(0, end - cached)
      const tailPosition = position + end - tail.length
      if (this.calls.readCached(descriptor, tail, tailPosition) < tail.length) break
      samples?.add(tail, tailPosition)
      cached = end
    }
    return cached
  }
}
