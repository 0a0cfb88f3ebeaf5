import { release } from 'node:os'

/** System calls of Linux that send a file to a socket and never wait, neither for the disk nor for the client. */
export interface Sendfile {
  /** The size of the smallest body that is sent with them, in bytes. */
  readonly minBytes: number
  /** Copies bytes of a file to a socket. Returns how many, or a negative errno. */
  sendFile(socket: number, file: number, position: number, bytes: number): number
  /** Sends bytes that more bytes follow. Returns how many, or a negative errno. */
  send(socket: number, bytes: Uint8Array): number
  /** Fills a buffer with bytes of a file that are in the page cache. Returns how many, or a negative errno. */
  readCached(file: number, buffer: Uint8Array, position: number): number
  /** Whether all pages of a part of a file are in the page cache; `false` where the kernel does not tell (before 6.5). */
  hasCachedPages(file: number, position: number, bytes: number): boolean
}

/** The size of the smallest body that is sent with them, in bytes; docs/performance.md has the measurement. */
export const MIN_SENDFILE_BYTES = 256 * 1024

// Node has no constants for these. They are the same on every architecture of Linux that Node supports.
const RWF_NOWAIT = 0x8
const MSG_DONTWAIT = 0x40
const MSG_NOSIGNAL = 0x4000
const MSG_MORE = 0x8000
const SYS_CACHESTAT = 451

let loaded: Sendfile | undefined

/**
 * Loads the optional dependency `koffi`, which calls functions of the C library. It is loaded once, and only
 * where the option is used. A failure is not remembered here: a process may be out of descriptors for a moment.
 *
 * @throws an error that says what is needed
 */
export function loadSendfile(): Sendfile {
  if (process.platform !== 'linux') throw new Error('needs Linux')
  try {
    // Within `try`, bundlers accept that the package is missing.
    loaded ??= bindSystemCalls(require('koffi') as typeof import('koffi'))
  } catch (cause) {
    throw new Error('needs 64-bit Linux and the package koffi: npm install koffi', { cause })
  }
  return loaded
}

function bindSystemCalls(koffi: typeof import('koffi')): Sendfile {
  const { sendfile, send, preadv2, cachestat, pageSize } = functionsOf(koffi)
  const offset = new BigInt64Array(1)
  const vector = new BigUint64Array(2)
  const range = new BigUint64Array(2)
  // The number of cached pages, and four others.
  const counts = new BigUint64Array(5)

  const result = (returned: unknown): number => {
    const count = Number(returned)
    return count < 0 ? -koffi.errno() : count
  }
  return {
    minBytes: MIN_SENDFILE_BYTES,
    sendFile: (socket, file, position, bytes) => {
      offset[0] = BigInt(position)
      return result(sendfile(socket, file, offset, bytes))
    },
    send: (socket, bytes) =>
      result(send(socket, bytes, bytes.length, MSG_DONTWAIT | MSG_NOSIGNAL | MSG_MORE)),
    readCached: (file, buffer, position) => {
      vector[0] = BigInt(koffi.address(buffer))
      vector[1] = BigInt(buffer.length)
      return result(preadv2(file, vector, 1, position, RWF_NOWAIT))
    },
    hasCachedPages: (file, position, bytes) => {
      range[0] = BigInt(position)
      range[1] = BigInt(bytes)
      if (cachestat === undefined || cachestat(SYS_CACHESTAT, file, range, counts, 0) < 0)
        return false
      const first = Math.floor(position / pageSize)
      const last = Math.floor((position + bytes - 1) / pageSize)
      return counts[0] === BigInt(last - first + 1)
    },
  }
}

function functionsOf(koffi: typeof import('koffi')) {
  if (koffi.sizeof('long') !== 8) throw new Error('Not a 64-bit system')
  const libc = koffi.load(null)
  const pageSize: number = libc.func('int getpagesize()')()
  return {
    sendfile: libc.func('long sendfile(int out, int in, void *offset, size_t count)'),
    send: libc.func('long send(int socket, const void *bytes, size_t length, int flags)'),
    preadv2: libc.func(
      'long preadv2(int, const void *vectors, int count, int64_t offset, int flags)',
    ),
    // A filter of system calls that is older than this one may end the process, and so is the kernel then.
    cachestat: hasCachestat(release())
      ? libc.func(
          'long syscall(long number, int file, const void *range, void *counts, uint flags)',
        )
      : undefined,
    pageSize,
  }
}

/** Whether a version of Linux is 6.5 or later. */
function hasCachestat(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return major > 6 || (major === 6 && minor >= 5)
}
