import { closeSync, fdatasyncSync, openSync } from 'node:fs'
import { load } from 'koffi'
import { loadSendfile } from '../../lib/source/disk/sendfile.js'

const POSIX_FADV_DONTNEED = 4

// Pages that another processor has just read stay for a moment.
const MAX_ATTEMPTS = 1000

/** Drops a file from the page cache, as if it had not been read since the machine was started. */
export function dropFromPageCache(path: string): void {
  const libc = load(null)
  const fadvise = libc.func('int posix_fadvise(int, int64_t, int64_t, int)')
  const descriptor = openSync(path, 'r')
  fdatasyncSync(descriptor)
  try {
    for (let attempts = 0; attempts < MAX_ATTEMPTS; attempts++) {
      const failed = fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED) !== 0
      if (!failed && !loadSendfile().hasCachedPages(descriptor, 0, 1)) return
    }
    throw new Error(`Not dropped: ${path}`)
  } finally {
    closeSync(descriptor)
  }
}

/** Observes the bytes that are sent by the kernel until the mocks are restored. */
export function observeSendfile(): { readonly bytes: number } {
  const sendFile = jest.spyOn(loadSendfile(), 'sendFile')
  return {
    get bytes() {
      return sendFile.mock.results.reduce((sum, { value }) => sum + Math.max(value, 0), 0)
    },
  }
}
