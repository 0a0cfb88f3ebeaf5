import { errorText } from '../errors.js'
import { isPromiseLike } from '../promise-like.js'

/**
 * Encodes one value as a JSON text.
 *
 * @param index its place among the values, counted from 0, for the error
 * @throws TypeError where JSON has no text for it: `undefined`, a function, a BigInt, a cycle, a promise
 */
export function encodeJson(value: unknown, index: number): string {
  return jsonText(value, `The value at index ${index}`)
}

/**
 * The JSON text of a value.
 *
 * @param name what an error names
 * @throws TypeError where JSON has no text for it. What the application threw is its cause
 */
export function jsonText(value: unknown, name: string): string {
  let json: string | undefined
  try {
    // JSON has a text for a promise, which is `{}` whatever it is fulfilled with.
    if (!isPromiseLike(value)) json = JSON.stringify(value)
  } catch (cause) {
    throw noJson(name, cause instanceof Error ? cause.message : `it threw ${errorText(cause)}`, {
      cause,
    })
  }
  if (json !== undefined) return json
  throw noJson(name, reasonOf(value))
}

function noJson(name: string, reason: string, options?: ErrorOptions): TypeError {
  return new TypeError(`${name} cannot be sent as JSON: ${reason}`, options)
}

/** Why `JSON.stringify` returns `undefined` for a value. */
function reasonOf(value: unknown): string {
  if (isPromiseLike(value)) return 'it is a promise; await it'
  if (typeof value === 'object') return 'its toJSON() returned undefined, a function or a symbol'
  return `JSON has no ${typeof value}`
}
