/** What is about to be sent, as far as the decision needs to know it. */
export interface Representation {
  /** In bytes; `undefined` where only reading to the end tells. */
  readonly size: number | undefined
  /** Where it begins in the file, in bytes. */
  readonly offset: number
  /** Where in the file reading ends, if it has not ended before; only where there is no size. */
  readonly readTo: number
  readonly type: string
  /** The `Content-Disposition` field, if there is one. */
  readonly disposition?: string | undefined
  /**
   * Whether a middleware may send it in another content coding, or must be told not to. Absent where
   * nothing could do so.
   */
  readonly reencoding?: 'possible' | 'forbidden' | undefined
  readonly etag: string | undefined
  /** In milliseconds since the epoch, without parts of a second. */
  readonly lastModified: number | undefined
  /** Whether the content may change and keep its tag: then no tag makes a `304 Not Modified`. */
  readonly etagIsUnreliable: boolean
  /** The same of the date. */
  readonly dateIsUnreliable: boolean
}

/** The fields of a request that bear on the decision. */
export interface RequestFields {
  readonly method: string
  /** Such as `'1.0'`; absent counts as a version that frames bodies of unknown length. */
  readonly httpVersion?: string | undefined
  readonly ifMatch?: string | undefined
  readonly ifNoneMatch?: string | undefined
  readonly ifModifiedSince?: string | undefined
  readonly ifUnmodifiedSince?: string | undefined
  readonly ifRange?: string | undefined
  /** Absent also where the request has the field twice, which has no meaning. */
  readonly range?: string | undefined
}
