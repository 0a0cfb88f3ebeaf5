import { Readable } from 'node:stream'
import {
  type IteratorLike,
  isReadable,
  isWebStream,
  iterationOf,
  webIterator,
} from '../iterators.js'
import type { FileReference } from '../source/custom/source-contract.js'
import type { FileHandle } from '../source/disk/handle-file.js'
import type { ChunkReader } from '../source/source.js'
import { asBytes, type BodyChunk } from './body-chunk.js'
import type { BodyFunction } from './body-function.js'
import { IterableReader } from './iterable-reader.js'

/**
 * Everything that `streamResponse` accepts: a path, a file of a source, a `FileHandle`, bytes, a stream, an iterable,
 * or a function. The function returns any of these except a path, a file of a source and a function, or a promise of it.
 */
export type StreamBody = string | URL | FileReference | BodyValue | BodyFunction

/** A body that is not a path. */
export type BodyValue =
  | ArrayBufferView
  | ArrayBufferLike
  | Blob
  | FileHandle
  | NodeJS.ReadableStream
  | ReadableStream<BodyChunk>
  | AsyncIterable<BodyChunk>
  | Iterable<BodyChunk>

/** A body that is not a file: its metadata, and a reader that can be opened once. */
export interface StreamableBody {
  /** In bytes, if known in advance. */
  readonly size?: number | undefined
  /** The media type that the body itself has. */
  readonly type?: string | undefined
  /** The file name that the body itself has. */
  readonly name?: string | undefined
  /** The whole content, if it is in memory. */
  readonly bytes?: Uint8Array | undefined
  /** Whether the body is created at the first read, so HEAD must not read it to find out whether it fails. */
  readonly deferred?: boolean | undefined
  open(): ChunkReader
  /** Tells the producer of the body that the response did not complete. Idempotent. */
  abort?(): void
}

const BODY = 'streamResponse: body'

const ACCEPTED =
  'a path, a file: URL, source.file(name), a Uint8Array, an ArrayBuffer, a Blob, a FileHandle, a Readable, ' +
  'a ReadableStream, an iterable of strings or Uint8Arrays, or a function that returns one of these, no path and no source.file(name)'

/** A body that is not a path, classified. */
export type ClassifiedBody =
  | { readonly kind: 'handle'; readonly handle: FileHandle }
  | { readonly kind: 'stream'; readonly stream: StreamableBody }

/**
 * Determines what kind of body a value is.
 *
 * @throws TypeError if it is not a body, or cannot be read any more
 */
export function classifyBody(value: unknown): ClassifiedBody {
  if (isFileHandle(value)) return handleBody(value)
  const stream = toStreamableBody(value)
  if (stream !== undefined) return { kind: 'stream', stream }
  throw invalidBody(`must be ${ACCEPTED}, not ${describeInvalid(value)}`)
}

/** A value as a body that can be streamed; `undefined` for a `FileHandle`, and for a value that is not a body. */
export function toStreamableBody(value: unknown): StreamableBody | undefined {
  const bytes = asBytes(value)
  if (bytes !== undefined) return bytesBody(bytes)
  if (value instanceof Blob) return blobBody(value)
  const iterate = unreadIteration(value, BODY)
  return iterate === undefined ? undefined : iterableBody(iterate)
}

/**
 * How to iterate a stream or an iterable that was not read yet; `undefined` for any other value.
 *
 * @param argument what an error names, such as `streamResponse: body`
 * @throws TypeError where the stream cannot be read any more
 */
export function unreadIteration(
  value: unknown,
  argument: string,
): (() => IteratorLike) | undefined {
  // If it has failed already, the first read reports its error.
  if (isReadable(value) && !value.errored) rejectUsed(value, argument)
  if (isWebStream(value)) rejectUsedWebStream(value, argument)
  return iterationOf(value)
}

function bytesBody(bytes: Uint8Array): StreamableBody {
  return { ...iterableBody(() => [bytes].values()), bytes, size: bytes.length }
}

function blobBody(blob: Blob): StreamableBody {
  return {
    ...iterableBody(() => webIterator(blob.stream())),
    size: blob.size,
    type: blob.type === '' ? undefined : blob.type,
    name: 'name' in blob && typeof blob.name === 'string' ? blob.name : undefined,
  }
}

function rejectUsed(readable: Readable, argument: string): void {
  if (readable.readableEnded) {
    throw new TypeError(`${argument} is a Readable that has been read to its end`)
  }
  if (readable.readableDidRead) {
    const name = argument.split(' ').at(-1)
    throw new TypeError(
      `${argument} is a Readable that has been read from already; pass ${name}[Symbol.asyncIterator]() to send the rest`,
    )
  }
  if (readable.destroyed) throw new TypeError(`${argument} is a Readable that is destroyed`)
}

function rejectUsedWebStream(stream: ReadableStream, argument: string): void {
  if (stream.locked) {
    throw new TypeError(`${argument} is a ReadableStream that is locked to another reader`)
  }
  if (wasRead(stream)) {
    throw new TypeError(`${argument} is a ReadableStream that has been read from already`)
  }
}

/** The source is not touched before `open`, because the options may still be rejected. */
function iterableBody(iterate: () => IteratorLike): StreamableBody {
  return { open: () => new IterableReader(openIterator(iterate)) }
}

/** An iterable whose iterator cannot be created fails like one whose first item fails. */
export function openIterator(iterate: () => IteratorLike): IteratorLike {
  try {
    return iterate()
  } catch (error) {
    return { next: () => Promise.reject(error) }
  }
}

function handleBody(handle: FileHandle): ClassifiedBody {
  if (handle.fd < 0) throw invalidBody('is a FileHandle that is closed')
  return { kind: 'handle', handle }
}

function invalidBody(problem: string): TypeError {
  return new TypeError(`${BODY} ${problem}`)
}

function describeInvalid(value: unknown): string {
  if (value === '') return 'an empty string'
  if (value instanceof URL) return `a URL of ${value.protocol}; fetch it and pass its body`
  if (typeof value === 'function') return 'a function; call it and pass what it returns'
  if (value instanceof Promise) return 'a promise; await it and pass the result'
  if (value instanceof Response) return 'a Response; pass its body'
  if (typeof value === 'object' && value !== null) return 'an object that cannot be iterated'
  return String(value)
}

/** Not `instanceof`, because `node:fs/promises` does not export the class. */
function isFileHandle(value: unknown): value is FileHandle {
  return (
    typeof value === 'object' &&
    value !== null &&
    'fd' in value &&
    typeof value.fd === 'number' &&
    'stat' in value &&
    typeof value.stat === 'function'
  )
}

/** `Readable.isDisturbed` accepts web streams too, which its type does not say. */
function wasRead(stream: ReadableStream): boolean {
  const isDisturbed: (stream: never) => boolean = Readable.isDisturbed
  return isDisturbed(stream as never)
}
