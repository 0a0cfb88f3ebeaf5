import type { FileHandle } from 'node:fs/promises'
import { Readable } from 'node:stream'
import type { BodyFunction } from './body-function.js'
import { asBytes, type BodyItem } from './byte-items.js'
import { IterableBody, type Pullable } from './iterable-body.js'
import type { ChunkReader } from './source.js'

/** Everything that can be sent: a file, bytes, what gives its bytes one by one, or what makes such. */
export type StreamBody = string | URL | MadeBody | BodyFunction

/** A body that is no path. */
export type MadeBody =
  | ArrayBufferView
  | ArrayBufferLike
  | Blob
  | FileHandle
  | NodeJS.ReadableStream
  | ReadableStream<BodyItem>
  | AsyncIterable<BodyItem>
  | Iterable<BodyItem>

/** A body that is no file: what is known of it, and its bytes, which can be had once. */
export interface ByteStream {
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

const ACCEPTED =
  'a path, a file: URL, a Uint8Array, an ArrayBuffer, a Blob, a FileHandle, a Readable, ' +
  'a ReadableStream, an iterable of strings or Uint8Arrays, or a function that returns one of those'

/** A body that is no path, classified; `undefined` for a value that is no body. */
export type ClassifiedBody =
  | { readonly kind: 'handle'; readonly handle: FileHandle }
  | { readonly kind: 'stream'; readonly stream: ByteStream }

/**
 * Tells what kind of body a value is.
 *
 * @throws TypeError where it is none, or one that cannot be read any more
 */
export function classifyBody(value: unknown): ClassifiedBody {
  if (isFileHandle(value)) return handleBody(value)
  const stream = streamOf(value)
  if (stream !== undefined) return { kind: 'stream', stream }
  throw wrong(`must be ${ACCEPTED}, not ${describeWrong(value)}`)
}

/** A value that is no file as a stream; `undefined` where it cannot be read as one. */
export function streamOf(value: unknown): ByteStream | undefined {
  const bytes = asBytes(value)
  if (bytes !== undefined) return bytesStream(bytes)
  if (value instanceof Blob) return blobStream(value)
  if (value instanceof Readable) return readableStream(value)
  if (isWebStream(value)) return webStream(value)
  if (isAsyncIterable(value)) return pulled(() => value[Symbol.asyncIterator]())
  if (isIterable(value)) return pulled(() => value[Symbol.iterator]())
  return undefined
}

function bytesStream(bytes: Uint8Array): ByteStream {
  return { ...pulled(() => [bytes].values()), bytes, size: bytes.length }
}

function blobStream(blob: Blob): ByteStream {
  return {
    ...pulled(() => webIterator(blob.stream())),
    size: blob.size,
    type: blob.type === '' ? undefined : blob.type,
    name: 'name' in blob && typeof blob.name === 'string' ? blob.name : undefined,
  }
}

function readableStream(readable: Readable): ByteStream {
  if (readable.readableEnded) throw wrong('is a Readable that has been read to its end')
  // What fails before its first read, or after its last, has no other listener.
  readable.on('error', () => {})
  return pulled(() => {
    const iterator = readable[Symbol.asyncIterator]()
    return {
      next: () => iterator.next(),
      // Its own return() would wait for a read that may never come.
      return: () => readable.destroy(),
    }
  })
}

function webStream(stream: ReadableStream): ByteStream {
  if (stream.locked) throw wrong('is a ReadableStream that is locked to another reader')
  if (isDisturbed(stream)) throw wrong('is a ReadableStream that has been read from already')
  return pulled(() => webIterator(stream))
}

function webIterator(stream: ReadableStream): Pullable {
  const reader = stream.getReader()
  return { next: () => reader.read(), return: () => reader.cancel() }
}

function pulled(iterate: () => Pullable): ByteStream {
  return { open: () => new IterableBody(iterate()) }
}

function handleBody(handle: FileHandle): ClassifiedBody {
  if (handle.fd < 0) throw wrong('is a FileHandle that is closed')
  return { kind: 'handle', handle }
}

function wrong(what: string): TypeError {
  return new TypeError(`streamResponse: body ${what}`)
}

function describeWrong(value: unknown): string {
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
