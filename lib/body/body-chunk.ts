import { types } from 'node:util'

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
export class ItemEncoder {
  #highSurrogate = ''

  /** The bytes of an item, possibly empty; `undefined` if the value is not a valid item. */
  encode(item: unknown): Uint8Array | undefined {
    if (typeof item === 'string') return this.#encodeText(item)
    const bytes = asBytes(item)
    if (this.#highSurrogate === '' || bytes === undefined || bytes.length === 0) return bytes
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
