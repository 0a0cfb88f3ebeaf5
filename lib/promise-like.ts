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

/** What `Promise.try` is in later versions of Node.js: what the function throws rejects the promise. */
export function promiseTry<Result>(call: () => Promise<Result> | Result): Promise<Result> {
  try {
    return Promise.resolve(call())
  } catch (error) {
    return Promise.reject(error)
  }
}
