// One listener per signal: Node warns of a leak above ten, and many responses may share one signal, for
// example the one that shuts down the service.
const callbacksOf = new WeakMap<AbortSignal, Set<() => void>>()

/**
 * Calls `callback` once when the signal is aborted. Returns a function that removes the callback. If the
 * signal is aborted already, the callback is not called. A function that is added twice is called once.
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
  for (const callback of callbacks) {
    try {
      callback()
    } catch (error) {
      // As if it had a listener of its own: its error is uncaught, and the others are called.
      process.nextTick(() => {
        throw error
      })
    }
  }
}
