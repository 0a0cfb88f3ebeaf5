import { applicationError } from '../errors.js'
import { type IteratorLike, isIteratorResult, returnIterator } from '../iterators.js'
import { isPromiseLike } from '../promise-like.js'
import type { ChunkReader, ReadCallback } from '../source/source.js'
import { ChunkEncoder } from './body-chunk.js'
import type { ItemEncoder } from './item-encoder.js'

// A body whose items are all available at once must not block the event loop for longer than this.
const MAX_TURN_MS = 8

/** Reads the items of an iterator. Each item becomes one buffer. */
export class IterableReader implements ChunkReader {
  readonly #iterator: IteratorLike
  readonly #encoder: ItemEncoder
  #turnStartedAt = performance.now()
  #ended = false
  #isCallingNext = false
  #returned: Promise<void> | undefined

  /** @param encoder makes bytes of the items; by default they are strings and bytes */
  constructor(iterator: IteratorLike, encoder: ItemEncoder = new ChunkEncoder()) {
    this.#iterator = iterator
    this.#encoder = encoder
  }

  read(_sizeHint: number, callback: ReadCallback): void {
    let pullNext = !this.#ended
    if (!pullNext) return callback(null)
    while (pullNext) {
      if (performance.now() - this.#turnStartedAt > MAX_TURN_MS) return this.#readNextTurn(callback)
      pullNext = this.#pull(callback)
    }
  }

  release(): void {}

  close(): Promise<void> | undefined {
    if (this.#ended) return this.#returned
    this.#ended = true
    const end = () => returnIterator(this.#iterator)
    // A generator that fires its own signal is still running, and cannot be ended before it has yielded.
    this.#returned = this.#isCallingNext ? Promise.resolve().then(end) : end()
    return this.#returned
  }

  /** Uses `setImmediate`, because microtasks and `process.nextTick` keep timers and sockets waiting. */
  #readNextTurn(callback: ReadCallback): void {
    setImmediate(() => {
      this.#turnStartedAt = performance.now()
      this.read(0, callback)
    })
  }

  /** Pulls one item. Returns true if it was empty, so that the next one must be pulled. */
  #pull(callback: ReadCallback): boolean {
    let result: unknown
    let pending: Promise<unknown> | undefined
    this.#isCallingNext = true
    try {
      result = this.#iterator.next()
      // It returns a promise as it is, and settles once for a thenable that calls back twice or throws.
      if (isPromiseLike(result)) pending = Promise.resolve(result)
    } catch (error) {
      this.#fail(error, callback)
      return false
    } finally {
      this.#isCallingNext = false
    }
    if (pending === undefined) return this.#deliver(result, callback)
    pending.then(
      (settled) => {
        if (this.#deliver(settled, callback)) this.read(0, callback)
      },
      (error: unknown) => this.#fail(error, callback),
    )
    return false
  }

  #deliver(result: unknown, callback: ReadCallback): boolean {
    if (!isIteratorResult(result)) {
      this.#fail(
        new TypeError('The body is not an iterator: next() must return an object'),
        callback,
      )
      return false
    }
    let done: boolean
    try {
      done = Boolean(result.done)
    } catch (error) {
      this.#fail(error, callback)
      return false
    }
    if (done) {
      this.#end(callback)
      return false
    }
    let buffer: Uint8Array
    try {
      buffer = this.#encoder.encode(result.value)
    } catch (error) {
      callback(applicationError(error))
      return false
    }
    if (buffer.length === 0) return true
    callback(null, buffer)
    return false
  }

  #end(callback: ReadCallback): void {
    this.#ended = true
    const rest = this.#encoder.end()
    if (rest.length === 0) callback(null)
    else callback(null, rest, true)
  }

  /** An iterator that threw has ended, and `return()` must not be called on it. */
  #fail(error: unknown, callback: ReadCallback): void {
    this.#ended = true
    callback(applicationError(error))
  }
}
