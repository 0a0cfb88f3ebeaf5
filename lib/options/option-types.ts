import type { OutgoingHttpHeaders } from 'node:http'
import type { StreamBody } from '../body/classify-body.js'
import type { DigestAlgorithm } from '../body/decorators/digest-reader.js'
import type { OnProgress } from '../body/decorators/progress-reader.js'
import type { Transform } from '../body/transform-reader.js'
import type { CacheControlFunction } from '../http/cache-control.js'
import type { ContentCoding } from '../http/content-coding.js'
import type { EtagFunction } from '../http/describe.js'
import type { DotfilePolicy } from '../path/dotfiles.js'
import type { SetHeaders } from '../response/file-response-settings.js'
import type { OnOutcome } from '../response/response-events.js'
import type { SymlinkPolicy } from '../source/disk/disk-source.js'
import type { ApplicableOptions } from './applicable-options.js'
import type { OffloadOptions } from './offload-rule.js'

/** Every option may be omitted, `null` or `undefined`, which all mean its default. */
type Optional<T> = { readonly [Name in keyof T]?: T[Name] | null | undefined }

/** Options of {@link streamFiles} and {@link streamResponse}. */
interface FileOptions {
  /**
   * Whether `Range` requests are served (RFC 9110 §14), with one range or several, and announced in
   * `Accept-Ranges: bytes`. With `false` every request gets the whole file.
   *
   * @defaultValue `true`
   * @example
   * ```ts
   * streamFiles('public', { acceptRanges: false })
   * ```
   */
  acceptRanges: boolean
  /**
   * Whether a `Cache-Control` header is sent (RFC 9111 §5.2.2): `public, max-age=…`. With `false`, `maxAge` and
   * `immutable` have no effect, as in Express.
   *
   * @defaultValue `true`
   * @example
   * ```ts
   * // The application sets Cache-Control itself.
   * app.use((req, res, next) => {
   *   res.set('Cache-Control', 'private, no-cache')
   *   next()
   * })
   * app.use(streamFiles('public', { cacheControl: false }))
   * ```
   */
  cacheControl: boolean
  /**
   * The size of one chunk on the wire, in bytes: an integer from 1 to 1073741824 (1 GiB). Every chunk of a chunked
   * body (RFC 9112 §7.1) except the last has exactly this size, unless `maxRate` asks for smaller ones.
   *
   * @defaultValue `65536`
   * @example
   * ```ts
   * streamFiles('public', { chunkSize: 16 * 1024 })
   * ```
   */
  chunkSize: number
  /**
   * When whole bodies are sent with a `Content-Length` instead of chunked:
   *
   * - `true`: always
   * - `'auto'`: where clients seek, resume or show progress (audio, video, PDF, archives,
   *   `application/octet-stream`, anything with `Content-Disposition: attachment`), and for bodies that
   *   fit in one chunk
   * - `false`: only for a 206, for HEAD, and for HTTP/1.0 clients
   *
   * With `transform`, `true` throws a `TypeError`.
   *
   * @defaultValue `false`
   * @example
   * ```ts
   * // Download managers see the size, web pages stay chunked.
   * app.use(streamFiles('public', { contentLength: 'auto' }))
   * ```
   */
  contentLength: boolean | 'auto'
  /**
   * Whether an `ETag` is sent (RFC 9110 §8.8.3). The default one is a strong tag made from size and
   * mtime. It is weak for two seconds after a modification, and where a middleware may compress the body.
   * A function returns a tag of its own, and may be asynchronous. A function that throws or rejects is
   * a 500 for the client.
   *
   * @defaultValue `true`
   * @example
   * ```ts
   * streamFiles('public', { etag: ({ path }) => versions.get(path) ?? '' })
   * ```
   */
  etag: boolean | EtagFunction
  /**
   * Extensions to append, in order and with or without their dot, if no file has the requested name. `false`
   * appends none.
   *
   * @defaultValue `false`
   * @example
   * ```ts
   * // GET /about sends about.html
   * streamFiles('public', { extensions: ['html'] })
   * ```
   */
  extensions: string | readonly string[] | false
  /**
   * Whether `immutable` is added to `Cache-Control` (RFC 8246). It promises that the file never changes
   * under this URL while a cache may use it, which is as long as `maxAge` says: without `maxAge` it has no effect.
   *
   * @defaultValue `false`
   * @example
   * ```ts
   * // Files whose names contain a hash of their content.
   * app.use('/assets', streamFiles('dist/assets', { immutable: true, maxAge: '1y' }))
   * ```
   */
  immutable: boolean
  /**
   * Files to try, in order, for a directory that is requested with its trailing slash. `false` tries none.
   *
   * @defaultValue `'index.html'`
   * @example
   * ```ts
   * streamFiles('public', { index: ['index.html', 'index.htm'] })
   * ```
   */
  index: string | readonly string[] | false
  /**
   * Whether `Last-Modified` is sent (RFC 9110 §8.8.2). It is never sent for a file dated to the epoch or to
   * the future.
   *
   * @defaultValue `true`
   * @example
   * ```ts
   * // A deployment gives all files a new mtime, but not a new content.
   * streamFiles('public', { lastModified: false, etag: ({ path }) => hashes.get(path) ?? '' })
   * ```
   */
  lastModified: boolean
  /**
   * How long caches may use a response without revalidation: milliseconds, or a duration such as `'1d'`.
   * It is sent as `max-age` in whole seconds (RFC 9111 §5.2.2.1). As in Express, a negative value means 0, and more
   * than a year means a year.
   *
   * @defaultValue `0`
   * @example
   * ```ts
   * app.use(streamFiles('public', { maxAge: '1d' }))
   * ```
   */
  maxAge: number | string
  /**
   * Has the server in front send the files: the response tells it which file, and has no body. The application
   * still decides who gets which file, and under which `Content-Type`, `Cache-Control` and
   * `Content-Disposition`. Preconditions and ranges are evaluated in front. With `X-Accel-Redirect`, for nginx,
   * `prefix` is the `internal` location for the files. With `X-Sendfile`, for Apache and lighttpd, the header is
   * the absolute path. If `res.statusCode` is not 200, the application sends the response itself.
   *
   * In `streamFiles` the root must be one path or `file:` URL. In `streamResponse` the body must be a path, and
   * `X-Accel-Redirect` needs `root`.
   *
   * An option that would change the bytes, their length or their rate throws a `TypeError`: `acceptRanges`,
   * `chunkSize`, `contentLength`, `digest`, `end`, `follow`, `followIdle`, `maxRate`, `onProgress`, `precompressed`,
   * `sendfile: true`, `stallTimeout`, `start` and `transform`. So does the option `status` other than 200, and with
   * `X-Accel-Redirect` also `etag` and `lastModified`. Their default values are accepted.
   *
   * @defaultValue none
   * @example
   * ```ts
   * app.use('/private', authenticate, streamFiles('/srv/private', {
   *   offload: { header: 'X-Accel-Redirect', prefix: '/_files/' },
   * }))
   * ```
   */
  offload: OffloadOptions
  /**
   * Called once for every response, however it ended, and before an error is passed to `next`. A request
   * that falls through to the next middleware is not a response. If the callback throws or rejects, a
   * process warning is emitted once, and the response is not affected.
   *
   * @defaultValue none
   * @example
   * ```ts
   * app.use(streamFiles('public', {
   *   onOutcome: ({ status, bytesSent, durationMs, aborted }, req) =>
   *     log.info({ url: req.url, status, bytesSent, durationMs, aborted }),
   * }))
   * ```
   */
  onOutcome: OnOutcome
  /**
   * Whether large files are sent by the kernel (`sendfile(2)`), which takes a fraction of the CPU: `true`,
   * or `'auto'` where it is available. It needs 64-bit Linux and the package `koffi`; with `true` and without
   * them a `TypeError` is thrown. `true` also throws where it could have no effect: together with `offload`, and for a
   * source without files on the disk. Which bodies are sent so, and what differs:
   * https://github.com/express-stream-files/express-stream-files/blob/main/docs/performance.md#sendfile
   *
   * `koffi` is loaded when the option `sendfile` is first checked: by `streamFiles`, or by the first `streamResponse`
   * that has it.
   *
   * @defaultValue `false`
   * @example
   * ```ts
   * app.use(streamFiles('downloads', { sendfile: 'auto' }))
   * ```
   */
  sendfile: boolean | 'auto'
  /**
   * Called before the headers of a file are decided; a header that it sets is kept. It may be asynchronous.
   * A function that throws or rejects is a 500 for the client.
   *
   * @defaultValue none
   * @example
   * ```ts
   * streamFiles('public', {
   *   setHeaders: (res, path) => {
   *     if (path.endsWith('.wasm')) res.setHeader('Cross-Origin-Resource-Policy', 'same-origin')
   *   },
   * })
   * ```
   */
  setHeaders: SetHeaders
  /**
   * Milliseconds after which a response is aborted if the client accepted no byte in that time: an
   * integer of at least 1. The stall is detected at most half of the time later. The outcome is `aborted` with an
   * `error` of code `'ERR_STALL_TIMEOUT'`, which is not passed to `next`. A body that waits for its source does not
   * stall.
   *
   * Choose a time that is long enough for slow clients. The kernel reports what a client accepted in steps, and
   * between two of them a slow client looks like one that stalls. A step is up to a third of the send buffer of the
   * connection: 1.4 MB on Linux, where the buffer has at most 4 MiB by default. So with `60_000`, a client that reads
   * less than 23 kB per second may be aborted.
   *
   * A source that is not the disk has the same time to open a file and to give its next bytes. If it takes
   * longer, the client gets a 504, or the response is aborted, with an `error` of code `'ERR_SOURCE_TIMEOUT'`.
   *
   * @defaultValue none
   * @example
   * ```ts
   * // Releases the file of a client that reads nothing for a minute.
   * app.use(streamFiles('public', { stallTimeout: 60_000 }))
   * ```
   */
  stallTimeout: number
  /**
   * Which symlinks are followed: those whose target is inside the root (`'inside'`), all (`'follow'`), or
   * none (`'deny'`). The file that was actually opened is judged. A symlink that is not followed is a file
   * that does not exist. `streamResponse` without `root` follows all symlinks, and throws a `TypeError` for
   * `'inside'` and `'deny'`. In `streamFiles` the option is for roots that are paths: a source has a policy of its
   * own, and if every root is a source, a `TypeError` is thrown.
   *
   * @defaultValue `'inside'`
   * @example
   * ```ts
   * // For a directory of links to files elsewhere.
   * app.use(streamFiles('current', { symlinks: 'follow' }))
   * ```
   */
  symlinks: SymlinkPolicy
  /**
   * Sends what this function returns instead of the file: an iterable or a stream. The response has no
   * ranges, no `Content-Length` and no `Last-Modified`, and an `ETag` only from an `etag` function, whose tag
   * must also change with the transformation. If the function throws, or the iterable fails before its
   * first item, the client gets a 500; later, the response is aborted.
   *
   * @defaultValue none
   * @example
   * ```ts
   * streamFiles('vault', {
   *   async *transform(chunks, { path }) {
   *     const decipher = decipherFor(path)
   *     for await (const chunk of chunks) yield decipher.update(chunk)
   *     yield decipher.final()
   *   },
   * })
   * ```
   */
  transform: Transform
  /**
   * How names with a segment that begins with a dot are treated:
   *
   * - `'ignore'`: as if they did not exist, except `/.well-known/` (RFC 8615)
   * - `'deny'`: refused with a 403, which in `streamFiles` falls through unless `fallthrough` is `false`
   * - `'allow'`: like any other name
   *
   * In `streamResponse` without `root` a dotfile is refused only if this option is set, and only the last
   * segment is judged.
   *
   * @defaultValue `'ignore'`
   * @example
   * ```ts
   * app.use(streamFiles('public', { dotfiles: 'deny', fallthrough: false }))
   * ```
   */
  dotfiles: DotfilePolicy
}

/** Limits of the `cache` of {@link streamFiles}. */
export type CacheOptions = Optional<{
  /**
   * The size of all cached files together, in bytes, for each root. Each counts with its name and 2 KiB of
   * overhead. A larger file is not cached. At most 4,096 files are cached, however small they are.
   *
   * @defaultValue `16777216` (16 MiB)
   * @example
   * ```ts
   * streamFiles('public', { cache: { maxBytes: 64 * 1024 * 1024 } })
   * ```
   */
  maxBytes: number
  /**
   * The size of the largest file that is cached, in bytes. A client that stalls holds the file that it is
   * being sent, even after it was evicted.
   *
   * @defaultValue `131072` (128 KiB)
   * @example
   * ```ts
   * streamFiles('public', { cache: { maxFileBytes: 1024 * 1024 } })
   * ```
   */
  maxFileBytes: number
}>

/** Further options of {@link streamFiles}. */
interface MiddlewareOptions extends Omit<FileOptions, 'cacheControl'> {
  /**
   * Limits of the cache for small files, or `false` for no cache. A cached file is never stale: every
   * request revalidates it with `stat`. Use `false` on a file system that serves `stat` from a cache
   * of its own, as NFS does for seconds. Limits for a source that is not the disk throw a `TypeError`; `false` is
   * accepted for any.
   *
   * @defaultValue `{ maxBytes: 16777216, maxFileBytes: 131072 }`
   * @example
   * ```ts
   * app.use(streamFiles('public', { cache: { maxBytes: 64 * 1024 * 1024 } }))
   * app.use(streamFiles('/mnt/nfs', { cache: false }))
   * ```
   */
  cache: CacheOptions | false
  /**
   * What `Cache-Control` says:
   *
   * - `true`: `public` with `max-age` and `immutable` as the options `maxAge` and `immutable` say
   * - `false`: the header is not sent
   * - `'fingerprinted'`: files whose name contains a hash of their content, as bundlers name them, are
   *   cached for a year. HTML is `no-cache`, so it is revalidated before every use. All other files are as
   *   with `true`. It is meant for the output of a bundler, not for uploads. The exact rule:
   *   https://github.com/express-stream-files/express-stream-files/blob/main/docs/sites.md#which-names-have-a-content-hash
   * - a function of the file: what it returns. It may be asynchronous. A function that throws or rejects is
   *   a 500 for the client
   *
   * The preset and the function do not apply to a response with an error status.
   *
   * @defaultValue `true`
   * @example
   * ```ts
   * app.use(streamFiles('dist', { cacheControl: 'fingerprinted' }))
   * app.use(streamFiles('public', {
   *   cacheControl: ({ path }) => (path.endsWith('.pdf') ? 'public, max-age=86400' : 'no-cache'),
   * }))
   * ```
   */
  cacheControl: boolean | 'fingerprinted' | CacheControlFunction
  /**
   * Names that are treated as missing: index files, the names that `extensions` makes, compressed siblings
   * and pages included. A pattern is matched against the decoded path below the root, which has no leading
   * slash. The `.br`, `.zst` and `.gz` sibling of a name that matches is missing too.
   *
   * @defaultValue none
   * @example
   * ```ts
   * // No source maps, no TypeScript, no backups of editors.
   * app.use(streamFiles('dist', { exclude: [/\.map$/, /\.tsx?$/, /~$/] }))
   * ```
   */
  exclude: RegExp | readonly RegExp[]
  /**
   * The page of a single-page application, relative to the root: sent with `no-cache` for a page that has no
   * file. A request is for a page if its `Accept` names `text/html` or `application/xhtml+xml`, or its
   * `Sec-Fetch-Mode` is `navigate`; its path must not end in a file extension. A refused path never gets it.
   *
   * @defaultValue `false`
   * @example
   * ```ts
   * app.use('/api', api)
   * app.use(streamFiles('dist', { fallback: 'index.html' }))
   * ```
   */
  fallback: string | false
  /**
   * Whether a request falls through to the next middleware if its file is missing or refused, or its
   * method is neither GET nor HEAD. With `false` it is an error of 404, 403 or 400, or a 405 response.
   *
   * @defaultValue `true`
   * @example
   * ```ts
   * // What is missing below /assets is a 404 at once, and no other route is tried.
   * app.use('/assets', streamFiles('dist/assets', { fallthrough: false }))
   * ```
   */
  fallthrough: boolean
  /**
   * Whether `X-Content-Type-Options: nosniff` is sent: a browser then does not guess a media type from the
   * content. With `offload`, nginx sends the header only if its location adds it.
   *
   * @defaultValue `false`
   * @example
   * ```ts
   * app.use('/uploads', streamFiles('uploads', { nosniff: true }))
   * ```
   */
  nosniff: boolean
  /**
   * The page for a 404, relative to the root: sent with status 404 and `no-cache`, without validators and
   * ranges, for a GET or HEAD request that has no file. Nothing reaches the next middleware then. If it is
   * missing itself, the request falls through.
   *
   * @defaultValue `false`
   * @example
   * ```ts
   * app.use(streamFiles('site', { extensions: ['html'], notFound: '404.html' }))
   * ```
   */
  notFound: string | false
  /**
   * Whether a compressed sibling of a file is sent instead of it, by the `Accept-Encoding` of the request
   * (RFC 9110 §12.5.3): `app.js.br`, `app.js.zst` or `app.js.gz` for `app.js`. `true` looks for all of them; an
   * array names their codings, the preferred one first. A sibling needs its original, and is not sent if it is
   * older or empty. Callbacks get the path and metadata of the original. Together with `transform` or `offload`
   * it throws a `TypeError`.
   *
   * @defaultValue `false`
   * @example
   * ```ts
   * app.use(streamFiles('dist', { precompressed: true }))
   * app.use(streamFiles('dist', { precompressed: ['br', 'gzip'] }))
   * ```
   */
  precompressed: boolean | readonly ContentCoding[]
  /**
   * Whether to redirect with a 301 from a directory without its trailing slash to the one with it, and from
   * lower-case percent-encoding (`%c3%a9`) to the canonical spelling (`%C3%A9`, RFC 3986 §6.2.2.1). With
   * `false` neither is found. `/about` is then the file `about.html` even if there is a directory `about`,
   * with `extensions: ['html']`.
   *
   * @defaultValue `true`
   * @example
   * ```ts
   * streamFiles('public', { redirect: false })
   * ```
   */
  redirect: boolean
  /**
   * Media types by file extension, with or without its dot and in any case. They take precedence over the
   * known ones. Types of text get `charset=utf-8`, unless they have a charset.
   *
   * @defaultValue none
   * @example
   * ```ts
   * streamFiles('models', { types: { glb: 'model/gltf-binary', log: 'text/plain' } })
   * ```
   */
  types: Readonly<Record<string, string>>
}

/** Further options of {@link streamResponse}. */
interface RouteOptionValues extends Omit<FileOptions, 'chunkSize' | 'contentLength'> {
  /**
   * The size of one chunk on the wire, in bytes: an integer from 1 to 1073741824 (1 GiB). The default for a file is
   * 65536. In any other body every item is one chunk and is sent when it arrives; with this option the items are
   * regrouped, so that every chunk except the last has exactly this size. With `maxRate` chunks may be smaller.
   * It has no effect with `follow`: what is appended to a file is sent at the next poll, as one chunk of at most 65536
   * bytes.
   *
   * @defaultValue `65536` for a file, otherwise none
   * @example
   * ```ts
   * // A million short rows, in chunks of 64 KiB.
   * streamResponse(res, rows(), { type: 'csv', chunkSize: 65536 })
   * ```
   */
  chunkSize: number
  /**
   * When a body is sent with a `Content-Length` instead of chunked:
   *
   * - `true`: always, for a body whose length is known
   * - `'auto'`: where clients seek, resume or show progress, and for bodies that fit in one chunk
   * - a number: the exact length in bytes of an iterable, of a stream, or of the output of `transform`
   * - `false`: only for a 206, for HEAD, and for HTTP/1.0 clients
   *
   * A body with another length than the number is an error with the code
   * `'ERR_CONTENT_LENGTH_MISMATCH'`: a 500 if its first bytes show it, otherwise the response is aborted
   * before its last byte. `true` for a body of unknown length, and a number that contradicts a known
   * length, throw a `TypeError`.
   *
   * @defaultValue `false`
   * @example
   * ```ts
   * const { size } = await bucket.stat(key)
   * streamResponse(res, bucket.read(key), { contentLength: size })
   * ```
   */
  contentLength: boolean | 'auto' | number
  /**
   * Sends the digest of the body in `Repr-Digest` (RFC 9530 §3): as a trailer, or as a header if the body is
   * a `Uint8Array` or an `ArrayBuffer`. A trailer needs a chunked body: a 206, an HTTP/1.0 response and a body
   * to which `contentLength: 'auto'` gives a length have no digest. Together with `follow`, and for a
   * body that needs a trailer with `contentLength` as `true` or a number, it throws a `TypeError`.
   *
   * @defaultValue none
   * @example
   * ```ts
   * streamResponse(res, '/data/image.iso', { digest: 'sha-256' })
   * ```
   */
  digest: DigestAlgorithm
  /**
   * Sends `Content-Disposition: attachment` (RFC 6266), so that a browser saves the body: with `true` under
   * the file's own name, with a string under that name. The name may contain any Unicode (RFC 8187).
   *
   * @defaultValue `false`
   * @example
   * ```ts
   * streamResponse(res, '/data/3f2a.pdf', { download: 'Rechnung für März.pdf' })
   * ```
   */
  download: boolean | string
  /**
   * The position of the last byte of the file to send, counted from 0 and inclusive. Less than `start`
   * throws a `TypeError`.
   *
   * @defaultValue the last byte of the file
   * @example
   * ```ts
   * // The first kilobyte.
   * streamResponse(res, '/data/image.iso', { end: 1023 })
   * ```
   */
  end: number
  /**
   * How a failure is reported. `'next'` passes it to Express, as `res.sendFile` does; after the first byte
   * the connection is aborted first, and `next` is called while `res.headersSent` is `true`. `'throw'`
   * rejects the promise; before the first byte nothing is sent, and the application can still respond.
   *
   * @defaultValue `'next'`
   * @example
   * ```ts
   * try {
   *   await streamResponse(res, path, { errors: 'throw' })
   * } catch (error) {
   *   if (!res.headersSent) res.status(404).send('No such report')
   * }
   * ```
   */
  errors: 'next' | 'throw'
  /**
   * Sends the file, and then what is appended to it, as `tail -f` does. The body ends when `signal` fires,
   * when nothing was appended for `followIdle`, or when the file was renamed or deleted and nothing was
   * appended for a second. The response is aborted if the file is truncated in place. A `start` beyond the end
   * of the file waits for that byte. The response has no ranges and no validators. Together with `digest`,
   * `end`, `transform` or `contentLength` it throws a `TypeError`.
   *
   * @defaultValue `false`
   * @example
   * ```ts
   * streamResponse(res, '/var/log/app.log', { follow: true, followIdle: 60_000 })
   * ```
   */
  follow: boolean
  /**
   * Milliseconds after which `follow` ends if nothing was appended, with a resolution of 100 ms: an integer of
   * at least 1. Without `follow` it throws a `TypeError`.
   *
   * @defaultValue none
   * @example
   * ```ts
   * streamResponse(res, '/var/log/build.log', { follow: true, followIdle: 10_000 })
   * ```
   */
  followIdle: number
  /**
   * Headers of the response, which replace the default ones: an object of names and their values. A name or value
   * that cannot be sent throws a `TypeError`, and so do a `Map` and `Headers`: convert them with
   * `Object.fromEntries(headers)`. Do not pass on all headers of a `fetch()`: it has decoded the body, to which
   * `Content-Encoding` and `Content-Length` then do not apply.
   *
   * @defaultValue none
   * @example
   * ```ts
   * streamResponse(res, rows(), { headers: { 'Content-Type': 'text/csv', 'Cache-Control': 'no-store' } })
   * ```
   */
  headers: OutgoingHttpHeaders
  /**
   * The maximum rate of this response, in bytes per second: an integer of at least 1. The body is sent in
   * chunks of at most a twentieth of that. After a pause it may exceed the rate by at most a tenth of a second's worth
   * of bytes.
   *
   * @defaultValue none
   * @example
   * ```ts
   * // At most 1 MiB per second.
   * streamResponse(res, '/data/image.iso', { maxRate: 1024 * 1024 })
   * ```
   */
  maxRate: number
  /**
   * Called with the progress of the transfer: at most ten times per second, and once when the transfer ends
   * for any reason. If the callback throws, a process warning is emitted, and the response is not affected.
   *
   * @defaultValue none
   * @example
   * ```ts
   * streamResponse(res, path, { onProgress: ({ bytesSent, total }) => bar.update(bytesSent, total) })
   * ```
   */
  onProgress: OnProgress
  /**
   * The directory that the path is relative to: a path or a `file:` URL. The path is then confined to it, so
   * that it may come from a user. A path above the root is a 403, and dotfiles and symlinks are judged as in
   * `streamFiles`.
   *
   * @defaultValue none
   * @example
   * ```ts
   * app.get('/invoices/:name', (req, res) => {
   *   streamResponse(res, req.params.name, { root: '/data/invoices' })
   * })
   * ```
   */
  root: string | URL
  /**
   * Aborts the response. Before the first byte the client gets a 503, or the `status` of the signal's reason;
   * after it the connection is aborted. With `follow` the signal ends the body instead, and the response
   * completes.
   *
   * @defaultValue none
   * @example
   * ```ts
   * streamResponse(res, rows(), { signal: AbortSignal.timeout(30_000) })
   * ```
   */
  signal: AbortSignal
  /**
   * The position of the first byte of the file to send, counted from 0.
   *
   * @defaultValue `0`
   * @example
   * ```ts
   * // What was appended since the last request.
   * streamResponse(res, '/var/log/app.log', { start: Number(req.query.from) })
   * ```
   */
  start: number
  /**
   * The status of the response: an integer from 200 to 599. With any status except 200, preconditions and
   * ranges are ignored.
   *
   * @defaultValue `res.statusCode`
   * @example
   * ```ts
   * app.use((req, res) => streamResponse(res, 'public/404.html', { status: 404 }))
   * ```
   */
  status: number
  /**
   * The media type (RFC 9110 §8.3.1), or a file extension that has one, such as `'csv'`. An unknown extension
   * throws a `TypeError`.
   *
   * @defaultValue by the extension of the file, or the type of a `Blob`, or `application/octet-stream`
   * @example
   * ```ts
   * streamResponse(res, rows(), { type: 'csv' })
   * streamResponse(res, image, { type: 'image/avif' })
   * ```
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

/** Further options of {@link streamEvents}. */
interface EventsOptions extends Pick<RouteOptionValues, ResponseOptionName> {
  /**
   * Milliseconds with nothing sent after which a comment is sent, so that no proxy closes the
   * connection and a client that disconnected is noticed. An integer of at least 1, or `false` for none. A heartbeat
   * may be late by a tenth of this time, but never by more than a second.
   *
   * @defaultValue `15000`
   * @example
   * ```ts
   * // The load balancer closes a connection that was idle for ten seconds.
   * streamEvents(res, news(), { heartbeat: 5000 })
   * ```
   */
  heartbeat: number | false
  /**
   * Milliseconds that the client waits before it reconnects: an integer of at least 0. It is sent before the first
   * event. Without it, the client decides.
   *
   * @defaultValue none
   * @example
   * ```ts
   * streamEvents(res, news(), { retry: 2000 })
   * ```
   */
  retry: number
  /**
   * Completes the stream normally after the last event: for a graceful shutdown. The signal of the function that made
   * the events fires too. A stream that begins after it fired has `Connection: close`.
   *
   * @defaultValue none
   * @example
   * ```ts
   * const shutdown = new AbortController()
   * app.get('/news', (req, res) => streamEvents(res, news(), { signal: shutdown.signal }))
   * process.on('SIGTERM', () => {
   *   server.close()
   *   shutdown.abort()
   * })
   * ```
   */
  signal: AbortSignal
}

/** Further options of {@link streamJsonLines} and {@link streamJsonArray}. */
interface JsonOptions extends Pick<RouteOptionValues, ResponseOptionName | 'signal'> {
  /**
   * Sends `Content-Disposition: attachment` (RFC 6266), so that a browser saves the body. A string is the file name;
   * `true` suggests no name.
   *
   * @defaultValue `false`
   * @example
   * ```ts
   * streamJsonLines(res, rows(), { download: 'rows.jsonl' })
   * ```
   */
  download: boolean | string
  /**
   * The media type (RFC 9110 §8.3.1), or a file extension that has one.
   *
   * @defaultValue `'application/jsonl'` in `streamJsonLines`, `'application/json'` in `streamJsonArray`
   * @example
   * ```ts
   * streamJsonLines(res, rows(), { type: 'application/x-ndjson' })
   * ```
   */
  type: string
}

/** Options of {@link diskSource}. */
export type DiskSourceOptions = Optional<Pick<FileOptions, 'symlinks'>>

/** Options of {@link streamEvents}. */
export type StreamEventsOptions = Optional<EventsOptions>

/** Options of {@link streamJsonLines} and {@link streamJsonArray}. */
export type StreamJsonOptions = Optional<JsonOptions>

/** Options of {@link streamFiles}: those of `express.static`, and more. */
export type StreamFilesOptions = Optional<MiddlewareOptions>

/** Every option of {@link streamResponse}, whatever its body is. */
export type RouteOptions = Optional<RouteOptionValues>

/**
 * Options of {@link streamResponse}: those of `res.sendFile` and `res.download`, and more.
 *
 * A combination that throws a `TypeError` does not compile either, such as a generator with `start`, except what
 * does not go with `offload`, and `sendfile: true` for a source without files of the disk.
 *
 * @typeParam Body the body that the options are for, by default a path
 * @example
 * ```ts
 * function sendReport(res: Response, name: string, options?: StreamResponseOptions) {
 *   return streamResponse(res, name, { root: '/data/reports', ...options })
 * }
 * function sendRows(res: Response, rows: Rows, options?: StreamResponseOptions<Rows>) {
 *   return streamResponse(res, rows, { type: 'csv', ...options })
 * }
 * ```
 */
export type StreamResponseOptions<Body extends StreamBody = string> = ApplicableOptions<Body>

/** Options of {@link readChunks}. */
export type ReadChunksOptions = Optional<{
  /**
   * The size of one chunk, in bytes: an integer from 1 to 1073741824 (1 GiB). Every chunk except the last has exactly
   * this size.
   *
   * @defaultValue `65536`
   * @example
   * ```ts
   * readChunks('/data/report.csv', { chunkSize: 1024 * 1024 })
   * ```
   */
  chunkSize: number
  /**
   * The position of the first byte to read, counted from 0.
   *
   * @defaultValue `0`
   * @example
   * ```ts
   * readChunks('/data/report.csv', { start: 1024 })
   * ```
   */
  start: number
  /**
   * The position of the last byte to read, counted from 0 and inclusive. Less than `start` throws a
   * `TypeError`.
   *
   * @defaultValue the last byte of the file
   * @example
   * ```ts
   * readChunks('/data/report.csv', { end: 1023 })
   * ```
   */
  end: number
  /**
   * Stops reading: the iteration throws the signal's reason, and the file is closed.
   *
   * @defaultValue none
   * @example
   * ```ts
   * readChunks('/data/report.csv', { signal: AbortSignal.timeout(1000) })
   * ```
   */
  signal: AbortSignal
}>
