import { errorStatus, errorText, httpError, toHttpError } from '../errors.js'
import { errorHeaders } from '../http/error-headers.js'
import type { RequestHeaders } from '../http/request-fields.js'
import { sendEmptyResponse } from './response-headers.js'
import {
  abortResponse,
  destroyAbortedStream,
  isDisconnected,
  type ResponseLike,
} from './response-like.js'

/** Calls the next middleware, or with an error the error handlers. */
export type NextFunction = (error?: Error) => void

/** Replaces `next` on a bare server: sends a 404, or the status of the error. Never throws. */
export function finalHandler(res: ResponseLike): NextFunction {
  return (error) => {
    if (isDisconnected(res)) return destroyAbortedStream(res)
    try {
      if (!res.headersSent) return sendError(res, error)
    } catch {
      // A middleware that replaced `writeHead` or `end` has thrown: the response can only be aborted.
    }
    abortResponse(res)
  }
}

function sendError(res: ResponseLike, error: Error | undefined): void {
  const { status, headers } = error === undefined ? httpError(404) : toHttpError(error)
  try {
    sendEmptyResponse(res, errorStatus(status), errorHeaders(headers))
  } catch (cause) {
    if (res.headersSent) throw cause
    // Earlier middleware may have set a header that this protocol cannot send.
    for (const name of res.getHeaderNames()) res.removeHeader(name)
    sendEmptyResponse(res, errorStatus(status))
  }
}

/** Passes an error to Express, or sends it on a server without Express. Never throws. */
export function passError(res: ResponseLike, error: Error): void {
  const handleError = finalHandler(res)
  try {
    const next = expressNext(res) ?? handleError
    next(error)
  } catch (cause) {
    process.emitWarning(`next failed: ${errorText(cause)}`)
    handleError(error)
  }
}

/** The `next` of the route that a response belongs to, if it is an Express response. */
function expressNext(res: ResponseLike): NextFunction | undefined {
  const req = 'req' in res ? res.req : undefined
  if (typeof req !== 'object' || req === null || !('next' in req)) return undefined
  return isNext(req.next) ? req.next : undefined
}

/** The request of a response, or a plain GET if the response does not have its request. */
export function requestOf(res: ResponseLike): RequestHeaders {
  const req = 'req' in res ? res.req : undefined
  return isRequest(req) ? req : { method: 'GET', headers: {}, rawHeaders: [] }
}

function isNext(value: unknown): value is NextFunction {
  return typeof value === 'function'
}

function isRequest(value: unknown): value is RequestHeaders {
  return typeof value === 'object' && value !== null && 'headers' in value && 'rawHeaders' in value
}
