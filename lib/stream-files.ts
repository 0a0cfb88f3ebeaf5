import { httpError, isMissing, toHttpError } from './errors.js'
import { FallbackPages, type FileToSend } from './fallback-pages.js'
import { type AcceptedCodings, acceptedCodings } from './http/accept-encoding.js'
import type { ContentCoding } from './http/content-coding.js'
import type { ApplicableFilesOptions } from './options/applicable-options.js'
import { type FilesRoot, filesOfRoots } from './options/files-root.js'
import type { StreamFilesOptions } from './options/option-types.js'
import { middlewareResponseInit } from './options/response-init.js'
import { middlewareResponseSettings } from './options/response-settings.js'
import { resolveStreamFilesOptions } from './options/stream-files-options.js'
import { candidates } from './path/candidates.js'
import { redirectLocation } from './path/redirect-location.js'
import { statusOfRefusal } from './path/refusal.js'
import { type RequestedName, requestedName, requestTarget } from './path/requested-name.js'
import { type NextCall, notFound, notFoundAsSpelled, notServed } from './response/next-call.js'
import { finalHandler, type NextFunction } from './response/next-function.js'
import { RequestContext } from './response/request-context.js'
import type { RequestLike } from './response/request-like.js'
import { respondWithFile } from './response/respond-with-file.js'
import { respondWithRedirect, respondWithStatus } from './response/respond-with-status.js'
import { type ResponseEvents, responseEvents } from './response/response-events.js'
import { isDisconnected, type ResponseLike } from './response/response-like.js'
import { ABORTED, type TransferResult } from './response/transfer.js'
import { openDirectory, openFirst } from './source/open-first.js'
import type { OpenResult } from './source/source.js'

/** A middleware for Express 4 and 5, connect, and bare `node:http` or `node:http2` servers. */
export type StreamFilesHandler = (req: RequestLike, res: ResponseLike, next?: NextFunction) => void

/**
 * Creates a middleware that serves the files below a directory: a drop-in replacement for `express.static`.
 * Options are resolved once, when it is created.
 *
 * @param root a directory (a path, relative to the working directory, or a `file:` URL), a source, or an array of
 *   these, of which the first that has the file wins
 * @param options those of `express.static`, and more
 * @returns a middleware that calls `next()` for what it does not serve, and `next(error)` for a failure.
 *   Without `next`, on a bare `node:http` or `node:http2` server, it sends the 404 or the error itself
 * @throws TypeError if `root` or an option is invalid; the message names the option and what it accepts
 * @example
 * ```ts
 * app.use(streamFiles('public', { maxAge: '1h', contentLength: 'auto' }))
 * ```
 */
export function streamFiles(
  root: FilesRoot | readonly FilesRoot[],
  options?: ApplicableFilesOptions | null,
): StreamFilesHandler {
  const server = new FileServer(root, options)
  // Adapters (h3, koa-connect, restify) take a handler of fewer than three parameters for one that
  // never calls next, and a parameter with a default does not count.
  return function streamFilesHandler(req, res, next) {
    const events = responseEvents(req, res, server.settings.onOutcome)
    const callNext = (call: NextCall | undefined) => {
      if (call === undefined) return
      const isResponse = call.error !== undefined || next === undefined
      if (isResponse) events?.fail(call.error ?? httpError(404))
      const proceed = next ?? finalHandler(res)
      proceed(call.error)
    }
    void server
      .serve(req, res, events)
      .then(callNext, (error) => callNext({ error: toHttpError(error) }))
  }
}

const NOTHING: OpenResult = { kind: 'missing' }

/** What a request leads to: a file, or a page that is sent instead of it; a directory; or nothing. */
type Found = FileToSend | Exclude<OpenResult, { readonly kind: 'file' }>

/** The files of one directory. Its methods respond, or return the call of `next` to make instead. */
class FileServer {
  readonly settings
  readonly #files
  readonly #pages: FallbackPages | undefined
  /** `undefined` if the content coding is not negotiated. */
  readonly #acceptedCodings: AcceptedCodings | undefined
  readonly #responseSettings
  readonly #init

  constructor(
    root: FilesRoot | readonly FilesRoot[],
    options: StreamFilesOptions | null | undefined,
  ) {
    this.settings = resolveStreamFilesOptions(options)
    this.#files = filesOfRoots(root, options, this.settings)
    this.#responseSettings = middlewareResponseSettings(this.settings, root)
    this.#init = middlewareResponseInit(this.settings)
    const { fallback, notFound, precompressed } = this.settings
    if (precompressed.length > 0) this.#acceptedCodings = acceptedCodings(precompressed)
    if (fallback !== false || notFound !== false) {
      this.#pages = new FallbackPages(this.#files, this.settings, this.#responseSettings)
    }
  }

  /** One request from start to end: its method, its name, the file to open, the response. */
  async serve(
    req: RequestLike,
    res: ResponseLike,
    events: ResponseEvents | undefined,
  ): Promise<NextCall | undefined> {
    const { fallthrough } = this.settings
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      return fallthrough ? {} : respondWithStatus(res, 405, [['Allow', 'GET, HEAD']], events)
    }
    const requested = requestedName(req, this.settings)
    const context = this.#files.isCustom ? this.#contextOf(req, res) : undefined
    const codings = this.#acceptedCodings?.(req.headers['accept-encoding'])
    const opened = requested.ok ? await this.#open(requested, context, codings) : NOTHING
    const found: Found =
      opened.kind === 'file'
        ? { kind: 'file', file: opened.file, settings: this.#responseSettings, status: undefined }
        : ((await this.#openPage(req, res, requested, opened, context, codings)) ?? opened)
    if (context?.signal.aborted) return this.#disconnected(found, events)
    if (found.kind !== 'file') context?.release()
    if (found.kind === 'missing') return nextCall(fallthrough, requested, found.error)
    if (found.kind === 'directory') {
      const location = requested.location ?? redirectLocation(requestTarget(req))
      return respondWithRedirect(res, location, events)
    }
    if (requested.location === undefined || found.status === 404) {
      return this.#respond(req, res, found, events)
    }
    found.file.close()
    return respondWithRedirect(res, requested.location, events)
  }

  #contextOf(req: RequestLike, res: ResponseLike): RequestContext {
    const { acceptRanges } = this.#responseSettings
    const { stallTimeout } = this.settings
    return new RequestContext(req, res, { acceptRanges, stallTimeout })
  }

  /** Opens the page that is sent instead of a missing file, if there is one. */
  #openPage(
    req: RequestLike,
    res: ResponseLike,
    requested: RequestedName,
    opened: Exclude<OpenResult, { readonly kind: 'file' }>,
    context: RequestContext | undefined,
    codings: readonly ContentCoding[] | undefined,
  ): Promise<FileToSend | undefined> | undefined {
    if (opened.kind === 'directory' || isDisconnected(res)) return undefined
    return this.#pages?.open(req, requested, opened.error, context, codings)
  }

  #open(
    { name, trailingSlash }: { readonly name: string; readonly trailingSlash: boolean },
    context: RequestContext | undefined,
    codings: readonly ContentCoding[] | undefined,
  ): Promise<OpenResult> {
    const { index, extensions, redirect } = this.settings
    const names = candidates(name, trailingSlash, index, extensions, redirect)
    const found = openFirst(this.#files, names, context, codings)
    if (context === undefined || trailingSlash || !redirect) return found
    return found.then((result) =>
      result.kind === 'missing' && isMissing(result.error)
        ? openDirectory(this.#files, candidates(name, true, index, extensions), context)
        : result,
    )
  }

  /** Nothing can be sent any more, and nothing is left to do for the middleware behind this one. */
  #disconnected(found: Found, events: ResponseEvents | undefined): undefined {
    if (found.kind === 'file') found.file.close()
    events?.end(ABORTED)
  }

  #respond(
    req: RequestLike,
    res: ResponseLike,
    { file, settings, status }: FileToSend,
    events: ResponseEvents | undefined,
  ): Promise<NextCall | undefined> | NextCall | undefined {
    const wasBegun = res.headersSent && !res.writableEnded
    events?.start()
    const init = events === undefined ? this.#init.unobserved : this.#init.observed
    const end = respondWithFile(req, res, file, settings, status ? { ...init, status } : init)
    const ended = (result: TransferResult) => {
      events?.end(result)
      return errorOf(result, res, wasBegun)
    }
    return end instanceof Promise ? end.then(ended) : ended(end)
  }
}

/**
 * The call of `next` for a response that failed. A callback or a time limit that began a response meanwhile also
 * ends it. A response that was begun before this middleware ran is a mistake, which the error reports.
 */
function errorOf(
  { error, aborted, headersSent }: TransferResult,
  res: ResponseLike,
  wasBegun: boolean,
): NextCall | undefined {
  if (error === undefined || aborted) return undefined
  const isBegunByOthers = !headersSent && res.headersSent && !wasBegun
  return isBegunByOthers ? undefined : { error: toHttpError(error) }
}

/** The call of `next` for a request that is refused or has no file. */
function nextCall(fallthrough: boolean, requested: RequestedName, error: unknown): NextCall {
  if (!requested.ok) return notServed(fallthrough, statusOfRefusal[requested.reason])
  const { location } = requested
  return location === undefined
    ? notFound(fallthrough, error)
    : notFoundAsSpelled(fallthrough, error)
}
