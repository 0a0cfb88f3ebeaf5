import type { ByteWindow } from '../http/describe.js'
import type { ResponseLike } from './response-like.js'
import type { TransferOptions } from './send-body.js'

/**
 * What one response has in addition to its settings, which many responses share. Each literal has the first four, so
 * that none is inherited from an `Object.prototype` that was added to.
 */
export interface ResponseInit {
  readonly headers?: ReadonlyMap<string, string | readonly string[]> | undefined
  readonly status?: number | undefined
  readonly window?: ByteWindow | undefined
  readonly transfer?: TransferOptions | undefined
  /** Whether nothing waits for the outcome, unless the response fails before its headers are sent. */
  readonly fireAndForget?: boolean
}

/** Sets the headers that the application's options ask for. */
export function applyHeaders(res: ResponseLike, headers: ResponseInit['headers']): void {
  for (const [name, value] of headers ?? []) res.setHeader(name, value)
}
