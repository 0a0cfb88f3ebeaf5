/**
 * Encodes one value as a JSON text.
 *
 * @param index its place among the values, counted from 0, for the error
 * @throws TypeError where JSON has no text for it: `undefined`, a function, a BigInt, a cycle
 */
export function encodeJson(value: unknown, index: number): string {
  let json: string | undefined
  let cause: unknown
  try {
    json = JSON.stringify(value)
  } catch (error) {
    cause = error
  }
  if (json !== undefined) return json
  const reason = cause instanceof Error ? cause.message : `JSON has no ${typeof value}`
  throw new TypeError(`The value at index ${index} cannot be sent as JSON: ${reason}`, { cause })
}
