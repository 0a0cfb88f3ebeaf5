import { applicationError } from '../errors.js'
import { isPromiseLike } from '../promise-like.js'
import { ItemEncoder } from './byte-items.js'
import type { ChunkReader, TakeBlock } from './source.js'

/** What is pulled from: an iterator of either kind, or what has the shape of one. */
export interface Pullable {
  next(): unknown
  /** Called once on every early exit. */
  return?(): unknown
}

// Longer than this, one body may not keep the others waiting.
const TURN_MS = 8

// A generator that waits for something which never comes cannot be ended, only left.
const LEAVE_AFTER_MS = 1000

/** Reads the items of an iterator, one item a block. */
export class IterableBody implements ChunkReader {
  readonly #iterator: Pullable
  readonly #encoder = new ItemEncoder()
  #turnBegan = performance.now()
  #ended = false
  #left: Promise<void> | undefined

  constructor(iterator: Pullable) {
    this.#iterator = iterator
  }

  read(_want: number, take: TakeBlock): void {
    let again = !this.#ended
    if (!again) return take(null)
    while (again) {
      if (performance.now() - this.#turnBegan > TURN_MS) return this.#readNextTurn(take)
      again = this.#pull(take)
    }
  }

  recycle(): void {}

  close(): Promise<void> | undefined {
    if (this.#ended) return this.#left
    this.#ended = true
    this.#left = leave(this.#iterator)
    return this.#left
  }

  /** Neither microtasks nor ticks let the loop go on to its timers and sockets. */
  #readNextTurn(take: TakeBlock): void {
    setImmediate(() => {
      this.#turnBegan = performance.now()
      this.read(0, take)
    })
  }

  /** Pulls one item; returns whether it was empty, so that the next is to be pulled. */
  #pull(take: TakeBlock): boolean {
    let step: unknown
    try {
      step = this.#iterator.next()
    } catch (error) {
      this.#fail(error, take)
      return false
    }
    if (!isPromiseLike(step)) return this.#step(step, take)
    step.then(
      (settled) => {
        if (this.#step(settled, take)) this.read(0, take)
      },
      (error: unknown) => this.#fail(error, take),
    )
    return false
  }

  #step(step: unknown, take: TakeBlock): boolean {
    if (!isStep(step)) {
      this.#fail(new TypeError('The body is no iterator: next() gave no object'), take)
      return false
    }
    if (step.done === true) {
      this.#ended = true
      const rest = this.#encoder.end()
      if (rest.length === 0) take(null)
      else take(null, rest, true)
      return false
    }
    const block = this.#encoder.encode(step.value)
    if (block === undefined) take(notAnItem(step.value))
    else if (block.length === 0) return true
    else take(null, block)
    return false
  }

  /** An iterator that threw is over and needs no return(). */
  #fail(error: unknown, take: TakeBlock): void {
    this.#ended = true
    take(applicationError(error))
  }
}

function notAnItem(item: unknown): Error {
  const what = item === null ? 'null' : Array.isArray(item) ? 'an array' : `a ${typeof item}`
  const hint = isPromiseLike(item) ? 'a promise; await it before it is yielded' : what
  return applicationError(
    new TypeError(`The body yielded ${hint}: an item is a string, a Uint8Array or an ArrayBuffer`),
  )
}

/** Ends an iterator early, and waits for it as long as that makes sense. Never rejects. */
function leave(iterator: Pullable): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, LEAVE_AFTER_MS)
    timer.unref()
    const left = () => {
      clearTimeout(timer)
      resolve()
    }
    // What goes wrong here has nobody left to be told: the body has ended otherwise already.
    new Promise((returned) => returned(iterator.return?.())).then(left, left)
  })
}

function isStep(value: unknown): value is { readonly done?: boolean; readonly value?: unknown } {
  return typeof value === 'object' && value !== null
}
