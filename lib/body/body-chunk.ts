import { types } from 'node:util'
import { isPromiseLike } from '../promise-like.js'
import type { ItemEncoder } from './item-encoder.js'

/** One item of an iterable body. A string is sent as UTF-8. */
export type BodyChunk = string | ArrayBufferView | ArrayBufferLike

const NO_BYTES = new Uint8Array(0)

/** A view of the bytes of a binary value, without a copy; `undefined` for any other value. */
export function asBytes(value: unknown): Uint8Array | undefined {
  if (value instanceof Uint8Array) return value
  if (ArrayBuffer.isView(value)) {
    return new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
  }
  return types.isAnyArrayBuffer(value) ? new Uint8Array(value) : undefined
}

/**
 * Encodes the items of one body. A surrogate pair may be split between two strings, as the tokens of a
 * language model do. The high surrogate is then held until the next item.
 */
export class ChunkEncoder implements ItemEncoder {
  #highSurrogate = ''

  encode(item: unknown): Uint8Array {
    if (typeof item === 'string') return this.#encodeText(item)
    const bytes = asBytes(item)
    if (bytes === undefined) throw invalidItem(item)
    if (this.#highSurrogate === '' || bytes.length === 0) return bytes
    return Buffer.concat([this.end(), bytes])
  }

  /** The bytes left at the end of the body: a high surrogate without its low surrogate, if any. */
  end(): Uint8Array {
    if (this.#highSurrogate === '') return NO_BYTES
    const unpaired = this.#highSurrogate
    this.#highSurrogate = ''
    return Buffer.from(unpaired)
  }

  #encodeText(text: string): Uint8Array {
    const joined = this.#highSurrogate + text
    const last = joined.charCodeAt(joined.length - 1)
    this.#highSurrogate = last >= 0xd800 && last <= 0xdbff ? joined.slice(-1) : ''
    return Buffer.from(this.#highSurrogate === '' ? joined : joined.slice(0, -1))
  }
}

function invalidItem(item: unknown): TypeError {
  return new TypeError(
    `The body yielded ${kindOf(item)}; an item must be a string, a Uint8Array or an ArrayBuffer`,
  )
}

function kindOf(item: unknown): string {
  if (item === null || item === undefined) return String(item)
  if (isPromiseLike(item)) return 'a promise (await it before yielding it)'
  if (typeof item === 'object') return Array.isArray(item) ? 'an array' : 'an object'
  return `a ${typeof item}`
}
