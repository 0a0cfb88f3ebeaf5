import { applicationError } from '../errors.js'
import { isPromiseLike } from '../promise-like.js'
import type { ChunkReader, ReadCallback } from '../source/source.js'
import { ItemEncoder } from './body-chunk.js'

/** A synchronous or asynchronous iterator. */
export interface IteratorLike {
  next(): unknown
  /** Called once if the iteration ends early. */
  return?(): unknown
}

// A body whose items are all available at once must not block the event loop for longer than this.
const MAX_TURN_MS = 8

// A generator that awaits a promise which never settles never completes `return()`.
const RETURN_TIMEOUT_MS = 1000

/** Reads the items of an iterator. Each item becomes one buffer. */
export class IterableReader implements ChunkReader {
  readonly #iterator: IteratorLike
  readonly #encoder = new ItemEncoder()
  #turnStartedAt = performance.now()
  #ended = false
  #returned: Promise<void> | undefined

  constructor(iterator: IteratorLike) {
    this.#iterator = iterator
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
    this.#returned = returnIterator(this.#iterator)
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
    try {
      result = this.#iterator.next()
    } catch (error) {
      this.#fail(error, callback)
      return false
    }
    if (!isPromiseLike(result)) return this.#deliver(result, callback)
    result.then(
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
    if (result.done === true) {
      this.#ended = true
      const rest = this.#encoder.end()
      if (rest.length === 0) callback(null)
      else callback(null, rest, true)
      return false
    }
    const buffer = this.#encoder.encode(result.value)
    if (buffer === undefined) callback(invalidItem(result.value))
    else if (buffer.length === 0) return true
    else callback(null, buffer)
    return false
  }

  /** An iterator that threw has ended, and `return()` must not be called on it. */
  #fail(error: unknown, callback: ReadCallback): void {
    this.#ended = true
    callback(applicationError(error))
  }
}

function invalidItem(item: unknown): Error {
  const type = item === null ? 'null' : Array.isArray(item) ? 'an array' : `a ${typeof item}`
  const found = isPromiseLike(item) ? 'a promise (await it before yielding it)' : type
  return applicationError(
    new TypeError(
      `The body yielded ${found}; an item must be a string, a Uint8Array or an ArrayBuffer`,
    ),
  )
}

/** Ends an iterator early, and waits at most a second for that. Never rejects. */
function returnIterator(iterator: IteratorLike): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, RETURN_TIMEOUT_MS)
    timer.unref()
    const finish = () => {
      clearTimeout(timer)
      resolve()
    }
    // An error is ignored here: the outcome of the body has been reported already.
    new Promise((returned) => returned(iterator.return?.())).then(finish, finish)
  })
}

function isIteratorResult(
  value: unknown,
): value is { readonly done?: boolean; readonly value?: unknown } {
  return typeof value === 'object' && value !== null
}
