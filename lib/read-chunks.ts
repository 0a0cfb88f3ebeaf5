import { onAbort } from './abort-signal.js'
import { httpError, toHttpError } from './errors.js'
import { filePath } from './options/file-path.js'
import { chunkSizeRule } from './options/file-rules.js'
import {
  describeValue,
  integerRule,
  type ResolvedOptions,
  resolveOptions,
  signalRule,
} from './options/option-rules.js'
import type { ReadChunksOptions } from './options/option-types.js'
import { statusOfRefusal } from './path/refusal.js'
import { openRegularFile } from './source/disk/open-regular-file.js'
import { readChunk, readWindow } from './source/read-window.js'

const rules = {
  chunkSize: chunkSizeRule,
  start: integerRule(0, Number.MAX_SAFE_INTEGER, 0),
  end: integerRule(0, Number.MAX_SAFE_INTEGER, undefined),
  signal: signalRule,
}

type Settings = ResolvedOptions<typeof rules>

/**
 * Reads a file in chunks of a fixed size: every chunk except the last has exactly `chunkSize` bytes. Each
 * chunk is a new buffer, which the caller may keep.
 *
 * The file is opened when the first chunk is requested. It is closed at the end, on an error, when the loop
 * exits early, and when `signal` fires.
 *
 * @param file a path or a `file:` URL
 * @param options the chunk size, the part of the file, and a signal
 * @returns an async generator of chunks. It throws an `http-errors` error whose `code` is the errno, with status
 *   404 if there is no regular file and 400 for a path with a NUL character, or the reason of `signal`
 * @throws TypeError immediately if an argument is invalid; the message names the option and what it accepts
 * @example
 * ```ts
 * for await (const chunk of readChunks('/data/report.csv', { chunkSize: 65536 })) hash.update(chunk)
 * ```
 */
export function readChunks(
  file: string | URL,
  options?: ReadChunksOptions | null,
): AsyncGenerator<Buffer, void, undefined> {
  const path = filePath(file)
  if (path === undefined) {
    throw new TypeError(
      `readChunks: file must be a path or a file: URL, not ${describeValue(file)}`,
    )
  }
  const settings = resolveOptions('readChunks', rules, options)
  if (settings.end !== undefined && settings.end < settings.start) {
    throw new TypeError('readChunks: option "end" must not be less than "start"')
  }
  return chunksOf(path, settings)
}

async function* chunksOf(
  path: string,
  settings: Settings,
): AsyncGenerator<Buffer, void, undefined> {
  const { chunkSize, signal } = settings
  signal?.throwIfAborted()
  if (path.includes('\0')) throw httpError(statusOfRefusal.malformed)
  const found = await openRegularFile(path, { followSymlink: true })
  if (found.kind !== 'file') {
    throw found.kind === 'directory' ? httpError(404) : toHttpError(found.error ?? httpError(404))
  }
  const reader = readWindow(found.file, settings, chunkSize)
  const stopListening = onAbort(signal, () => void reader.close())
  try {
    while (true) {
      signal?.throwIfAborted()
      const { buffer, last } = await readChunk(reader, chunkSize)
      signal?.throwIfAborted()
      if (buffer !== undefined) yield buffer
      if (buffer === undefined || last) return
    }
  } catch (error) {
    // Closing the file makes a pending read fail with an error of its own.
    signal?.throwIfAborted()
    throw error
  } finally {
    stopListening()
    reader.close()
  }
}
