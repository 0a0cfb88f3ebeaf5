import type { ContentCoding } from './content-coding.js'

/** The properties of a representation that the decision depends on. */
export interface Representation {
  /** In bytes; `undefined` if the size is known only after reading to the end. */
  readonly size: number | undefined
  /** The position in the file at which the representation begins. */
  readonly offset: number
  /** The last position to read if `size` is `undefined`, inclusive. The file may end before it. */
  readonly readTo: number
  readonly type: string
  /** The `Content-Disposition` field, if there is one. */
  readonly disposition?: string | undefined
  /**
   * Whether middleware may change the content coding, or must be prevented from doing so. `undefined` if
   * no middleware would.
   */
  readonly reencoding?: 'possible' | 'forbidden' | undefined
  /** The result of content negotiation, if the codings of the body are representations of one resource. */
  readonly negotiated?: NegotiatedCoding | undefined
  readonly etag: string | undefined
  /** In milliseconds since the epoch, rounded down to a second. */
  readonly lastModified: number | undefined
  /** Whether the content may change without its entity tag, so that the tag must not cause a 304. */
  readonly etagIsUnreliable: boolean
  /** Whether the content may change without its `Last-Modified` date. */
  readonly dateIsUnreliable: boolean
}

/** The content coding of a body that is chosen by `Accept-Encoding`. */
export interface NegotiatedCoding {
  /** `undefined` if the body is not encoded. */
  readonly coding: ContentCoding | undefined
  /** The value of `Vary`. */
  readonly vary: string
}

/** The properties of a request that the decision depends on. */
export interface RequestFields {
  readonly method: string
  /** For example `'1.0'`. If absent, a version that can frame a body of unknown length is assumed. */
  readonly httpVersion?: string | undefined
  readonly ifMatch?: string | undefined
  readonly ifNoneMatch?: string | undefined
  readonly ifModifiedSince?: string | undefined
  readonly ifUnmodifiedSince?: string | undefined
  readonly ifRange?: string | undefined
  /** Also absent if the request has several `Range` fields, which is invalid. */
  readonly range?: string | undefined
}
