import { constants } from 'node:os'
import type { NothingSent, RandomAccessFile } from '../source.js'
import { type FileSamples, SAMPLE_BYTES } from './file-samples.js'
import type { Sendfile } from './sendfile.js'

const { EAGAIN } = constants.errno

// The largest read in the thread of the event loop: it takes as long as a trip to the thread pool.
const MAX_READ_BYTES = 64 * 1024

// Whether bytes are in the page cache is asked of the last of them. The kernel reads files ahead in windows of
// this size, so what is missing is hardly smaller.
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
    // The file is shorter now, or one of the two descriptors has failed: reading and writing tell which.
    return sent > 0 ? sent : 'read'
  }

  #cachedBytes(
    descriptor: number,
    position: number,
    most: number,
    samples: FileSamples | undefined,
  ): number {
    let cached = 0
    while (cached < most) {
      const end = Math.min(cached + READ_AHEAD_WINDOW, most)
      const tail = probe.subarray(0, end - cached)
      const tailPosition = position + end - tail.length
      if (this.calls.readCached(descriptor, tail, tailPosition) < tail.length) break
      samples?.add(tail, tailPosition)
      cached = end
    }
    return cached
  }
}
