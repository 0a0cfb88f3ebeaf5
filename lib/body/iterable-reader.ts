import { applicationError } from '../errors.js'
import { isPromiseLike } from '../promise-like.js'
import type { ChunkReader, ReadCallback } from '../source/source.js'
import { ChunkEncoder } from './body-chunk.js'
import type { ItemEncoder } from './item-encoder.js'

/** What is pulled from: an iterator of either kind, or what has the shape of one. */
export interface IteratorLike {
  next(): unknown
  /** Called once on every early exit. */
  return?(): unknown
}

// Longer than this, one body may not keep the others waiting.
const MAX_TURN_MS = 8

// A generator that waits for something which never comes cannot be ended, only left.
const RETURN_TIMEOUT_MS = 1000

/** Reads the items of an iterator, one item a block. */
export class IterableReader implements ChunkReader {
  readonly #iterator: IteratorLike
  readonly #encoder: ItemEncoder
  #turnBegan = performance.now()
  #ended = false
  #left: Promise<void> | undefined

  /** @param encoder makes bytes of the items; by default they are strings and bytes */
  constructor(iterator: IteratorLike, encoder: ItemEncoder = new ChunkEncoder()) {
    this.#iterator = iterator
    this.#encoder = encoder
  }

  read(_want: number, callback: ReadCallback): void {
    let again = !this.#ended
    if (!again) return callback(null)
    while (again) {
      if (performance.now() - this.#turnBegan > MAX_TURN_MS) return this.#readNextTurn(callback)
      again = this.#pull(callback)
    }
  }

  release(): void {}

  close(): Promise<void> | undefined {
    if (this.#ended) return this.#left
    this.#ended = true
    this.#left = returnIterator(this.#iterator)
    return this.#left
  }

  /** Neither microtasks nor ticks let the loop go on to its timers and sockets. */
  #readNextTurn(callback: ReadCallback): void {
    setImmediate(() => {
      this.#turnBegan = performance.now()
      this.read(0, callback)
    })
  }

  /** Pulls one item; returns whether it was empty, so that the next is to be pulled. */
  #pull(callback: ReadCallback): boolean {
    let step: unknown
    try {
      step = this.#iterator.next()
    } catch (error) {
      this.#fail(error, callback)
      return false
    }
    if (!isPromiseLike(step)) return this.#step(step, callback)
    step.then(
      (settled) => {
        if (this.#step(settled, callback)) this.read(0, callback)
      },
      (error: unknown) => this.#fail(error, callback),
    )
    return false
  }

  #step(step: unknown, callback: ReadCallback): boolean {
    if (!isIteratorResult(step)) {
      this.#fail(new TypeError('The body is no iterator: next() gave no object'), callback)
      return false
    }
    if (step.done === true) {
      this.#ended = true
      const rest = this.#encoder.end()
      if (rest.length === 0) callback(null)
      else callback(null, rest, true)
      return false
    }
    let buffer: Uint8Array
    try {
      buffer = this.#encoder.encode(step.value)
    } catch (error) {
      callback(applicationError(error))
      return false
    }
    if (buffer.length === 0) return true
    callback(null, buffer)
    return false
  }

  /** An iterator that threw is over and needs no return(). */
  #fail(error: unknown, callback: ReadCallback): void {
    this.#ended = true
    callback(applicationError(error))
  }
}

/** Ends an iterator early, and waits for it as long as that makes sense. Never rejects. */
function returnIterator(iterator: IteratorLike): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, RETURN_TIMEOUT_MS)
    timer.unref()
    const left = () => {
      clearTimeout(timer)
      resolve()
    }
    // What goes wrong here has nobody left to be told: the body has ended otherwise already.
    new Promise((returned) => returned(iterator.return?.())).then(left, left)
  })
}

function isIteratorResult(
  value: unknown,
): value is { readonly done?: boolean; readonly value?: unknown } {
  return typeof value === 'object' && value !== null
}
