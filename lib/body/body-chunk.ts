import { types } from 'node:util'
import { isPromiseLike } from '../promise-like.js'
import type { ItemEncoder } from './item-encoder.js'

/** One item of an iterable body. A string is sent as UTF-8. */
export type BodyChunk = string | ArrayBufferView | ArrayBufferLike

const NO_BYTES = new Uint8Array(0)

/** The bytes of a value that is nothing but bytes, as it is and not copied. */
export function asBytes(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  }
  return types.isAnyArrayBuffer(value) ? new Uint8Array(value) : undefined
}

/**
 * Encodes the items of one body. A character may be cut in two between two strings, as tokens of a
 * language model are: its first half waits for the second.
 */
export class ChunkEncoder implements ItemEncoder {
  #half = ''

  encode(item: unknown): Uint8Array {
    if (typeof item === 'string') return this.#encodeText(item)
    const bytes = asBytes(item)
    if (bytes === undefined) throw invalidItem(item)
    if (this.#half === '' || bytes.length === 0) return bytes
    return Buffer.concat([this.end(), bytes])
  }

  /** What is left at the end: a half that found no other half. */
  end(): Uint8Array {
    if (this.#half === '') return NO_BYTES
    const half = this.#half
    this.#half = ''
    return Buffer.from(half)
  }

  #encodeText(text: string): Uint8Array {
    const whole = this.#half + text
    const last = whole.charCodeAt(whole.length - 1)
    this.#half = last >= 0xd800 && last <= 0xdbff ? whole.slice(-1) : ''
    return Buffer.from(this.#half === '' ? whole : whole.slice(0, -1))
  }
}

function invalidItem(item: unknown): TypeError {
  const what = item === null ? 'null' : Array.isArray(item) ? 'an array' : `a ${typeof item}`
  const hint = isPromiseLike(item) ? 'a promise; await it before it is yielded' : what
  return new TypeError(
    `The body yielded ${hint}: an item is a string, a Uint8Array or an ArrayBuffer`,
  )
}
