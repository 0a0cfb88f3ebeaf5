/** Whether a value is a promise or another thenable. */
export function isPromiseLike(value: unknown): value is PromiseLike<unknown> {
  return (
    typeof value === 'object' &&
    value !== null &&
    'then' in value &&
    typeof value.then === 'function'
  )
}

/** Calls `proceed` at once, or when a promise is fulfilled. A plain value costs no promise. */
export function whenReady<Result>(
  value: unknown,
  proceed: (value: unknown) => Promise<Result> | Result,
): Promise<Result> | Result {
  return isPromiseLike(value) ? Promise.resolve(value).then(proceed) : proceed(value)
}
