/** Whether something can be awaited: a promise, or what has the shape of one. */
export function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  )
}

/** Goes on with a value: at once, or when it is there. What need not be awaited costs no promise. */
export function whenReady<Result>(
  value: unknown,
  proceed: (value: unknown) => Promise<Result> | Result,
): Promise<Result> | Result {
  return isPromiseLike(value) ? Promise.resolve(value).then(proceed) : proceed(value)
}
