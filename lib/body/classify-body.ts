import { Readable } from 'node:stream'
import type { FileHandle } from '../source/disk/handle-file.js'
import type { ChunkReader } from '../source/source.js'
import { asBytes, type BodyChunk } from './body-chunk.js'
import type { BodyFunction } from './body-function.js'
import { IterableReader, type IteratorLike } from './iterable-reader.js'

/** Everything that can be sent: a file, bytes, what gives its bytes one by one, or what makes such. */
export type StreamBody = string | URL | BodyValue | BodyFunction

/** A body that is no path. */
export type BodyValue =
  | ArrayBufferView
  | ArrayBufferLike
  | Blob
  | FileHandle
  | NodeJS.ReadableStream
  | ReadableStream<BodyChunk>
  | AsyncIterable<BodyChunk>
  | Iterable<BodyChunk>

/** A body that is no file: what is known of it, and its bytes, which can be had once. */
export interface StreamableBody {
  /** In bytes, where that is known before it is read. */
  readonly size?: number | undefined
  /** Its own media type. */
  readonly type?: string | undefined
  /** Its own file name. */
  readonly name?: string | undefined
  /** All of it, where it is there already. */
  readonly bytes?: Uint8Array | undefined
  /** Whether it is made only when it is read, so that it must not be read to see whether it fails. */
  readonly deferred?: boolean | undefined
  open(): ChunkReader
  /** Says that the response did not complete, to whoever makes the body. Idempotent. */
  abort?(): void
}

const BODY = 'streamResponse: body'

const ACCEPTED =
  'a path, a file: URL, a Uint8Array, an ArrayBuffer, a Blob, a FileHandle, a Readable, ' +
  'a ReadableStream, an iterable of strings or Uint8Arrays, or a function that returns one of those'

/** A body that is no path, classified; `undefined` for a value that is no body. */
export type ClassifiedBody =
  | { readonly kind: 'handle'; readonly handle: FileHandle }
  | { readonly kind: 'stream'; readonly stream: StreamableBody }

/**
 * Tells what kind of body a value is.
 *
 * @throws TypeError where it is none, or one that cannot be read any more
 */
export function classifyBody(value: unknown): ClassifiedBody {
  if (isFileHandle(value)) return handleBody(value)
  const stream = toStreamableBody(value)
  if (stream !== undefined) return { kind: 'stream', stream }
  throw invalidBody(`must be ${ACCEPTED}, not ${describeInvalid(value)}`)
}

/** A value that is no file as a stream; `undefined` where it cannot be read as one. */
export function toStreamableBody(value: unknown): StreamableBody | undefined {
  const bytes = asBytes(value)
  if (bytes !== undefined) return bytesBody(bytes)
  if (value instanceof Blob) return blobBody(value)
  const iterate = iterationOf(value, BODY)
  return iterate === undefined ? undefined : iterableBody(iterate)
}

/**
 * How to iterate a stream or an iterable; `undefined` for any other value. Nothing is done to the value
 * before the iterator is asked for.
 *
 * @param argument what an error names, such as `streamResponse: body`
 * @throws TypeError where the stream cannot be read any more
 */
export function iterationOf(value: unknown, argument: string): (() => IteratorLike) | undefined {
  if (value instanceof Readable) {
    // What it failed with is the error that its first read will have.
    if (value.errored === null) refuseUsed(value, argument)
    return () => readableIterator(value)
  }
  if (isWebStream(value)) {
    refuseUsedWebStream(value, argument)
    return () => webIterator(value)
  }
  if (isAsyncIterable(value)) return () => value[Symbol.asyncIterator]()
  if (isIterable(value)) return () => value[Symbol.iterator]()
  return undefined
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

function refuseUsed(readable: Readable, argument: string): void {
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

function readableIterator(readable: Readable): IteratorLike {
  // What fails before its first read, or after its last, has no other listener.
  readable.on('error', () => {})
  // A listener that counts its bytes makes it flow, and its first read may be a turn of the loop away.
  if (readable.readableFlowing) readable.pause()
  const iterator = readable[Symbol.asyncIterator]()
  return {
    next: () => iterator.next(),
    // Its own return() would wait for a read that may never come.
    return: () => readable.destroy(),
  }
}

function refuseUsedWebStream(stream: ReadableStream, argument: string): void {
  if (stream.locked) {
    throw new TypeError(`${argument} is a ReadableStream that is locked to another reader`)
  }
  if (isDisturbed(stream)) {
    throw new TypeError(`${argument} is a ReadableStream that has been read from already`)
  }
}

function webIterator(stream: ReadableStream): IteratorLike {
  const reader = stream.getReader()
  return { next: () => reader.read(), return: () => reader.cancel() }
}

/** Nothing is done to what it is pulled from before `open`: the options may still be refused. */
function iterableBody(iterate: () => IteratorLike): StreamableBody {
  return { open: () => new IterableReader(openIterator(iterate)) }
}

/** An iterable that has no iterator to give fails as if its first item did. */
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

function invalidBody(what: string): TypeError {
  return new TypeError(`${BODY} ${what}`)
}

function describeInvalid(value: unknown): string {
  if (value === '') return 'an empty string'
  if (value instanceof URL) return `a URL of ${value.protocol}; fetch it and pass its body`
  if (typeof value === 'function') return 'a function; call it and pass what it returns'
  if (value instanceof Promise) return 'a promise; await it and pass what it gives'
  if (value instanceof Response) return 'a Response; pass its body'
  if (typeof value === 'object' && value !== null) return 'an object that cannot be iterated'
  return String(value)
}

/** There is no class to ask for: `fs.promises` does not show its own. */
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

function isWebStream(value: unknown): value is ReadableStream {
  return (
    typeof value === 'object' &&
    value !== null &&
    'locked' in value &&
    'getReader' in value &&
    typeof value.getReader === 'function'
  )
}

/** Node's own answer takes web streams too; its type does not say so. */
function isDisturbed(stream: ReadableStream): boolean {
  const ask: (stream: never) => boolean = Readable.isDisturbed
  return ask(stream as never)
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    Symbol.asyncIterator in value &&
    typeof value[Symbol.asyncIterator] === 'function'
  )
}

function isIterable(value: unknown): value is Iterable<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    Symbol.iterator in value &&
    typeof value[Symbol.iterator] === 'function'
  )
}
