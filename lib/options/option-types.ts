import type { OutgoingHttpHeaders } from 'node:http'
import type { DigestAlgorithm } from '../body/decorators/digest-reader.js'
import type { OnProgress } from '../body/decorators/progress-reader.js'
import type { Transform } from '../body/transform-reader.js'
import type { EtagFunction } from '../http/describe.js'
import type { DotfilePolicy } from '../path/dotfiles.js'
import type { SetHeaders } from '../response/respond-with-file.js'
import type { OnOutcome } from '../response/response-events.js'
import type { SymlinkPolicy } from '../source/disk/disk-source.js'

/** Every option may be left out, or be `null` or `undefined`, which is the same. */
type Optional<T> = { readonly [Name in keyof T]?: T[Name] | null | undefined }

interface FileOptions {
  /** Answer `Range` requests, and say so in `Accept-Ranges`. Default `true`. */
  acceptRanges: boolean
  /** Send `Cache-Control`. Default `true`; with `false`, `maxAge` and `immutable` do nothing. */
  cacheControl: boolean
  /**
   * Bytes of one chunk on the wire: every chunk of a chunked body but the last has exactly as many.
   * An integer of at least 1. Default 65,536.
   */
  chunkSize: number
  /**
   * Send whole bodies with `Content-Length` and not chunked: `true` always, `'auto'` where clients
   * seek, resume or show progress (audio, video, PDF, archives, `application/octet-stream`, anything
   * with `Content-Disposition: attachment`) and for bodies of one chunk at most. Default `false`. An
   * HTTP/1.0 client always gets the length of a body whose length is known.
   */
  contentLength: boolean | 'auto'
  /**
   * Send an `ETag`: by default a strong one made of size and time of change, weak while the file is
   * younger than two seconds. `false` for none; a function makes its own.
   */
  etag: boolean | EtagFunction
  /** Extensions to try, in order and without their dot, where nothing has the name. Default none. */
  extensions: string | readonly string[] | false
  /** Add `immutable` to `Cache-Control`. Default `false`. */
  immutable: boolean
  /** Files to try, in order, for a folder with its slash. Default `'index.html'`; `false` for none. */
  index: string | readonly string[] | false
  /** Send `Last-Modified`. Default `true`; never for the epoch or a time to come. */
  lastModified: boolean
  /** How long caches may keep it: milliseconds, or a duration such as `'1d'`. Default 0. */
  maxAge: number | string
  /**
   * Is called once for every response, however it ended, before a failure goes to `next`. What
   * `streamFiles` passes to the next middleware without an error is none of its responses. What the
   * callback throws or rejects with becomes one process warning and changes nothing.
   */
  onOutcome: OnOutcome
  /** Sets header fields of a file's answer. */
  setHeaders: SetHeaders
  /**
   * Milliseconds after which a response is aborted to which nothing could be written all the time,
   * since the client reads nothing. A slow client or a body that waits for its source does not stall.
   * Its outcome is `aborted` with an `error` of code `'ERR_STALL_TIMEOUT'`, which is not passed to
   * `next`. Noticed up to a half of it later. Default none.
   */
  stallTimeout: number
  /**
   * Which symbolic links are followed below the root: those that stay there (`'inside'`, the
   * default), all (`'follow'`), or none (`'deny'`). Judged on the file that is really opened.
   */
  symlinks: SymlinkPolicy
  /**
   * Sends what this function makes of the file. Such an answer has neither ranges nor a length, and
   * no validators either, since the file's are not those of what is sent: no `Last-Modified`, and an
   * `ETag` only of an `etag` function, which must tell everything apart that the transform does.
   */
  transform: Transform
  /**
   * Names with a segment that begins with a dot: `'ignore'` (the default) as if they were not there,
   * but for `/.well-known/`; `'deny'` with 403; `'allow'` as any other.
   */
  dotfiles: DotfilePolicy
}

/** How much of small files `streamFiles` keeps in memory. */
export type CacheOptions = Optional<{
  /**
   * Bytes of all files together, with 2 KiB for the upkeep of each and their names. A larger file is never
   * read whole. Default 16 MiB.
   */
  maxBytes: number
  /**
   * Bytes of the largest file that is kept. A client that stalls holds the file it is sent, kept or not any
   * more. Default 128 KiB.
   */
  maxFileBytes: number
}>

interface MiddlewareOptions extends FileOptions {
  /**
   * Keep small files in memory. Never stale: every request looks whether the file on the disk is
   * still the one that is kept. `false` keeps nothing, for file systems that answer such a look from
   * a cache of their own, as NFS does for seconds.
   */
  cache: CacheOptions | false
  /**
   * Hand on to the next middleware what is not found, refused, or asked for by another method than
   * GET and HEAD. Default `true`; `false` makes them errors of 404, 403, 400, and an answer of 405.
   */
  fallthrough: boolean
  /**
   * Redirect a directory without its slash to the one with it, and a name that is percent-encoded
   * with hex digits in lower case to its canonical spelling. Default `true`; `false` makes both not
   * found.
   */
  redirect: boolean
}

interface RouteOptions extends Omit<FileOptions, 'chunkSize' | 'contentLength'> {
  /**
   * Bytes of one chunk on the wire. A file has chunks of 65,536 bytes by default. Of anything else
   * every item is a chunk, sent as it comes, unless this regroups them: then every chunk but the
   * last has exactly as many.
   */
  chunkSize: number
  /**
   * As for `streamFiles`; or the exact number of bytes of a body that does not tell its length: an
   * iterable, a stream, or what `transform` makes. A body of another length is a failure with the
   * code `ERR_CONTENT_LENGTH_MISMATCH`: a 500 where its first bytes show it, otherwise the response
   * is aborted before its last byte. A number for a `Uint8Array` or a `Blob` must be its size.
   */
  contentLength: boolean | 'auto' | number
  /**
   * Send the digest of the body (RFC 9530) as the trailer `Repr-Digest`, or as a header field where
   * the body is bytes already. There is none on a 206, with a length, and in HTTP/1.0.
   */
  digest: DigestAlgorithm
  /**
   * Send as a download: `true` under the file's own name, a string under that name. Any Unicode
   * (RFC 6266, RFC 8187).
   */
  download: boolean | string
  /** The last byte of the file to send, counted from 0 and itself sent. Default the file's last. */
  end: number
  /**
   * What becomes of a failure: `'next'` (the default) passes it to Express, as `res.sendFile` does;
   * after the first byte the connection is aborted before, and `next` gets it with `res.headersSent`.
   * `'throw'` rejects the promise, and before the first byte answers nothing.
   */
  errors: 'next' | 'throw'
  /**
   * Keep sending what is appended to the file, as `tail -f` does. The body ends when `signal` fires,
   * `followIdle` has passed, or the file was renamed or deleted and nothing came for a second; it is
   * aborted when the file was truncated in place. A `start` beyond the end is waited for. It has no
   * ranges and no validators. Default `false`.
   */
  follow: boolean
  /**
   * Milliseconds with nothing appended after which `follow` ends, at the next tenth of a second.
   * Default none.
   */
  followIdle: number
  /** Header fields of the answer. They take the place of the default ones. */
  headers: OutgoingHttpHeaders
  /**
   * The most bytes to send per second, smoothly: pieces of a twentieth of it, each a chunk of its
   * own. An integer of at least 1. Default none.
   */
  maxRate: number
  /**
   * Is told how far the answer is: at most ten times a second and once at its end, however it ends.
   * What it throws becomes a process warning and changes nothing.
   */
  onProgress: OnProgress
  /**
   * The folder the path is below. With it the path is confined: 403 above the root, dotfiles and
   * links judged as `streamFiles` does. A string or a `file:` URL.
   */
  root: string | URL
  /**
   * Stops the answer: a 503 before the first byte, unless the signal's reason has a `status`; after
   * it the body is cut off. With `follow` it ends the body instead.
   */
  signal: AbortSignal
  /** The first byte of the file to send, counted from 0. Default 0. */
  start: number
  /** The status of the answer. Any but 200 switches conditions and ranges off. */
  status: number
  /**
   * The media type, or an extension that stands for one. Default by the file's extension, or a
   * `Blob`'s own; else `application/octet-stream`.
   */
  type: string
}

/** The options that every response in one route has. */
type ResponseOptionName =
  | 'digest'
  | 'errors'
  | 'headers'
  | 'maxRate'
  | 'onOutcome'
  | 'onProgress'
  | 'stallTimeout'
  | 'status'

interface EventsOptions extends Pick<RouteOptions, ResponseOptionName> {
  /**
   * Milliseconds with nothing sent after which a comment is sent, so that no proxy closes the
   * connection and a client that disconnected is noticed. Sent at most a tenth of it, or a second,
   * later. An integer of at least 1. Default 15,000; `false` for none.
   */
  heartbeat: number | false
  /** Milliseconds that the client waits before it reconnects; sent before the first event. Default none. */
  retry: number
  /**
   * Ends the stream whole, after the event that was sent last: for a graceful shutdown. The signal of
   * the function that made the events fires too.
   */
  signal: AbortSignal
}

interface JsonOptions extends Pick<RouteOptions, ResponseOptionName | 'signal'> {
  /** Send as a download: a string under that name, `true` without one. Default `false`. */
  download: boolean | string
  /**
   * The media type, or an extension that stands for one. Default `application/jsonl` of
   * `streamJsonLines` and `application/json` of `streamJsonArray`.
   */
  type: string
}

/** Options of {@link streamEvents}. */
export type StreamEventsOptions = Optional<EventsOptions>

/** Options of {@link streamJsonLines} and {@link streamJsonArray}. */
export type StreamJsonOptions = Optional<JsonOptions>

/** Options of {@link streamFiles}: those of `express.static`, and its own. */
export type StreamFilesOptions = Optional<MiddlewareOptions>

/** Options of {@link streamResponse}: those of `res.sendFile` and `res.download`, and its own. */
export type StreamResponseOptions = Optional<RouteOptions>

/** Options of {@link readChunks}. */
export type ReadChunksOptions = Optional<{
  /** Bytes of one chunk; an integer of at least 1. Default 65,536. */
  chunkSize: number
  /** The first byte to read, counted from 0. Default 0. */
  start: number
  /** The last byte to read, counted from 0 and itself read. Default the file's last. */
  end: number
  /** Ends the reading: the iteration throws the signal's reason and the file is closed. */
  signal: AbortSignal
}>
