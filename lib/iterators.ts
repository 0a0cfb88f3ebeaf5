import { Readable } from 'node:stream'
import { promiseTry } from './promise-like.js'

/** A synchronous or asynchronous iterator. */
export interface IteratorLike {
  next(): unknown
  /** Called once if the iteration ends early. */
  return?(): unknown
}

// A generator that awaits a promise which never settles never completes `return()`.
const RETURN_TIMEOUT_MS = 1000

/**
 * How to iterate a stream or an iterable; `undefined` for any other value. Nothing is done to the value
 * before the iterator is asked for.
 */
export function iterationOf(value: unknown): (() => IteratorLike) | undefined {
  if (isReadable(value)) return () => readableIterator(value)
  if (isWebStream(value)) return () => webIterator(value)
  if (isAsyncIterable(value)) return () => value[Symbol.asyncIterator]()
  if (isIterable(value)) return () => value[Symbol.iterator]()
  return undefined
}

/**
 * Whether a value is a stream of Node.js, or one of the package `readable-stream`, which is a copy of them and has
 * classes of its own. `archiver` and others use it.
 */
export function isReadable(value: unknown): value is Readable {
  if (value instanceof Readable) return true
  return (
    isAsyncIterable(value) &&
    ['pipe', 'pause', 'on', 'destroy'].every((name) => isMethod(value, name))
  )
}

function isMethod(value: object, name: string): boolean {
  return name in value && typeof Reflect.get(value, name) === 'function'
}

function readableIterator(readable: Readable): IteratorLike {
  // An error before the first read or after the last has no other listener, and would crash the process.
  readable.on('error', () => {})
  // A 'data' listener of the application makes it flow, and bytes would be lost before the first read.
  if (readable.readableFlowing) readable.pause()
  if (isServerRequest(readable)) return requestIterator(readable)
  const iterator = readable[Symbol.asyncIterator]()
  return {
    next: () => iterator.next(),
    // The iterator's own return() waits for the pending read, which may never complete.
    return: () => readable.destroy(),
  }
}

/** Whether a stream is a request that a server received, which has a method where a client's response has none. */
function isServerRequest(readable: Readable): boolean {
  return 'httpVersion' in readable && 'method' in readable && typeof readable.method === 'string'
}

/** The response needs the connection, or the HTTP/2 stream, that destroying its request would destroy. */
function requestIterator(request: Readable): IteratorLike {
  const iterator = request.iterator({ destroyOnReturn: false })
  const discardRest = () => void request.resume()
  return {
    next: () => iterator.next(),
    // Does not wait for the pending read, like the iterator of other streams.
    return: () => void iterator.return?.().then(discardRest, discardRest),
  }
}

export function webIterator(stream: ReadableStream): IteratorLike {
  const reader = stream.getReader()
  return { next: () => reader.read(), return: () => reader.cancel() }
}

/** Ends an iterator early, and waits at most a second for that. Never rejects. */
export function returnIterator(iterator: IteratorLike): Promise<void> {
  return settledInTime(() => iterator.return?.())
}

/** Calls a function and waits at most a second for its end, whether it succeeds or fails. Never rejects. */
export function settledInTime(call: () => unknown): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, RETURN_TIMEOUT_MS)
    timer.unref()
    const finish = () => {
      clearTimeout(timer)
      resolve()
    }
    // An error is ignored here: the outcome of the body has been reported already.
    promiseTry(call).then(finish, finish)
  })
}

export function isWebStream(value: unknown): value is ReadableStream {
  return (
    typeof value === 'object' &&
    value !== null &&
    'locked' in value &&
    'getReader' in value &&
    typeof value.getReader === 'function'
  )
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

/** Whether a value is what `next()` of an iterator returns. */
export function isIteratorResult(
  value: unknown,
): value is { readonly done?: boolean; readonly value?: unknown } {
  return typeof value === 'object' && value !== null
}
