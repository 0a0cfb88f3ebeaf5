/** Where files come from: a directory, memory, an object store, a database. */
export interface Source {
  /**
   * Opens the file at a name, for one response.
   *
   * @param name `/`-separated, without a leading slash and without `.`, `..` or empty segments. It is not
   *   URL-encoded
   * @returns the file, or `undefined` if there is none. An error with a `status` of 4xx or 5xx has that status;
   *   any other is a 500
   */
  open(
    name: string,
    context: OpenContext,
  ): PromiseLike<SourceFile | undefined> | SourceFile | undefined
}

/** What a source is told of the request that a file is opened for, so that it can fetch what is needed. */
export interface OpenContext {
  /** Fires when the client disconnects, and when the file is closed or there is none. */
  readonly signal: AbortSignal
  /** With `'HEAD'` the content is not read. */
  readonly method: string
  /** The `Range` field of the request; `undefined` if it has none, or if ranges do not apply. */
  readonly range?: string | undefined
  /** The preconditions of the request; `undefined` if it has none, or if they do not apply. */
  readonly conditions?: RequestConditions | undefined
}

/** The precondition fields of a request, as they were received (RFC 9110 §13). */
export interface RequestConditions {
  readonly ifMatch?: string | undefined
  readonly ifNoneMatch?: string | undefined
  readonly ifModifiedSince?: string | undefined
  readonly ifUnmodifiedSince?: string | undefined
  readonly ifRange?: string | undefined
}

/** One version of a file, open for one response: its metadata and its content. */
export interface SourceFile {
  /** In bytes. Without it there are no ranges and no `Content-Length`. */
  readonly size?: number | undefined
  /** Without it there is no `Last-Modified`. */
  readonly modified?: Date | undefined
  /** An entity tag with its quotes, as in `ETag`. Without it, one is made of `size` and `modified`. */
  readonly etag?: string | undefined
  /** The media type. Without it, it is the one of the name's extension. */
  readonly type?: string | undefined
  /** How the stored content is encoded. The response has the same `Content-Encoding`. */
  readonly contentEncoding?: string | undefined
  readonly contentLanguage?: string | undefined
  readonly contentDisposition?: string | undefined
  /** Sent unless the options `maxAge`, `immutable` or `cacheControl` set a policy. */
  readonly cacheControl?: string | undefined
  /**
   * Reads a part of the content, in chunks of any size. Called once for each range of a response, one after
   * the other, and not at all if the response has no body. Exactly the bytes from `start` to `end` must come:
   * more or fewer abort the response. A chunk must not be modified after it was yielded.
   */
  chunks(options: ChunksOptions): AsyncIterable<Uint8Array> | Iterable<Uint8Array>
  /**
   * Called exactly once, when nothing of the file is needed any more. `chunks` has ended then, unless its `signal`
   * fired more than a second ago and it still waits. What it throws is ignored.
   */
  close?(): PromiseLike<void> | void
}

/** The part of a file to read. */
export interface ChunksOptions {
  /** The position of the first byte. */
  readonly start: number
  /** The position of the last byte, inclusive; `Infinity` for the end of a file of unknown size. */
  readonly end: number
  /** Fires if the response ends before these bytes were read. */
  readonly signal: AbortSignal
}

/** A file of a source by its name, which is opened when it is sent. */
export interface FileReference {
  readonly source: Source
  readonly name: string
}

/** A source that makes bodies for `streamResponse`. */
export interface NamedFiles extends Source {
  /** A body for `streamResponse`. */
  file(name: string): FileReference
}
