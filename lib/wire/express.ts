import { httpError, toHttpError } from '../errors.js'
import type { RequestHead } from '../http/request-fields.js'
import { sendBareStatus } from './head.js'
import { cutOff, destroyAborted, isGone, type Response } from './response.js'

/** Hands a request on to the next middleware, or an error to the error handling. */
export type Next = (error?: unknown) => void

/** What stands in for `next` on a bare server: not found, or the error's own status. */
export function answerWithoutExpress(res: Response): Next {
  return (error) => {
    if (isGone(res)) return destroyAborted(res)
    if (res.headersSent) return cutOff(res)
    const { status, headers } = error === undefined ? httpError(404) : toHttpError(error)
    sendBareStatus(res, status, headers)
  }
}

/** The `next` of the route a response belongs to, where there is an Express. */
export function nextOf(res: Response): Next | undefined {
  const req = 'req' in res ? res.req : undefined
  if (typeof req !== 'object' || req === null || !('next' in req)) return undefined
  return isNext(req.next) ? req.next : undefined
}

/** The request that a response belongs to; one that asks for nothing special where none is known. */
export function requestOf(res: Response): RequestHead {
  const req = 'req' in res ? res.req : undefined
  return isRequest(req) ? req : { method: 'GET', headers: {}, rawHeaders: [] }
}

function isNext(value: unknown): value is Next {
  return typeof value === 'function'
}

function isRequest(value: unknown): value is RequestHead {
  return typeof value === 'object' && value !== null && 'headers' in value && 'rawHeaders' in value
}
