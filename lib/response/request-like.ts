import type { RequestHeaders } from '../http/request-fields.js'

/** The part of a request of Express, `node:http` or `node:http2` that is used. */
export interface RequestLike extends RequestHeaders {
  readonly url?: string | undefined
  /** Express and connect: the request-target as the client sent it, with the mount path. */
  readonly originalUrl?: string | undefined
}
