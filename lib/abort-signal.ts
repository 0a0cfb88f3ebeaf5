// One listener for each signal: Node takes more than ten for a leak, and a signal that stops the whole
// service, or a log that many follow, has a response for each.
const callbacksOf = new WeakMap<AbortSignal, Set<() => void>>()

/**
 * Calls `callback` once when the signal fires; returns what stops that. A signal that has fired
 * already calls nothing. The same function is called once, however often it was given.
 */
export function onAbort(signal: AbortSignal | undefined, callback: () => void): () => void {
  if (signal === undefined || signal.aborted) return () => {}
  const callbacks = callbacksOf.get(signal) ?? listen(signal)
  callbacks.add(callback)
  return () => {
    if (callbacks.delete(callback) && callbacks.size === 0) unlisten(signal)
  }
}

function listen(signal: AbortSignal): Set<() => void> {
  const callbacks = new Set<() => void>()
  callbacksOf.set(signal, callbacks)
  signal.addEventListener('abort', abort)
  return callbacks
}

function unlisten(signal: AbortSignal): void {
  callbacksOf.delete(signal)
  signal.removeEventListener('abort', abort)
}

function abort(this: AbortSignal): void {
  const callbacks = callbacksOf.get(this) ?? []
  unlisten(this)
  for (const callback of callbacks) callback()
}
