import type { RequestHeaders } from '../http/request-fields.js'

/** A request of Express, `node:http` or `node:http2`, as far as it is used here. */
export interface RequestLike extends RequestHeaders {
  readonly url?: string | undefined
  /** Express and connect: the target as the client sent it, below no mount point. */
  readonly originalUrl?: string | undefined
}
