import { httpError, toHttpError } from './errors.js'
import { acceptedCodings } from './http/accept-encoding.js'
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
import { requestedName, requestTarget } from './path/requested-name.js'
import { type NextCall, notFound, notFoundAsSpelled, notServed } from './response/next-call.js'
import { finalHandler, type NextFunction } from './response/next-function.js'
import { RequestContext } from './response/request-context.js'
import type { RequestLike } from './response/request-like.js'
import { respondWithFile } from './response/respond-with-file.js'
import { respondWithRedirect, respondWithStatus } from './response/respond-with-status.js'
import { type ResponseEvents, responseEvents } from './response/response-events.js'
import type { ResponseLike } from './response/response-like.js'
import { ABORTED } from './response/transfer.js'
import { isMissing, openDirectory, openFirst } from './source/open-first.js'
import type { OpenFile, OpenResult } from './source/source.js'

/** A middleware for Express 4 and 5, connect, and bare `node:http` or `node:http2` servers. */
export type StreamFilesHandler = (req: RequestLike, res: ResponseLike, next?: NextFunction) => void

/**
 * Creates a middleware that serves the files below a directory: a drop-in replacement for `express.static`.
 * Options are resolved once, when it is created.
 *
 * @param root the directory: a path, relative to the working directory, or a `file:` URL
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
    const proceed = next ?? finalHandler(res)
    void server
      .serve(req, res, events)
      .catch((error): NextCall => ({ error: toHttpError(error) }))
      .then((call) => {
        if (call === undefined) return
        const isResponse = call.error !== undefined || next === undefined
        if (isResponse) events?.fail(call.error ?? httpError(404))
        proceed(call.error)
      })
  }
}

/** The files of one directory. Its methods respond, or return the call of `next` to make instead. */
class FileServer {
  readonly settings
  readonly #files
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
  }

  /** One request from start to end: its method, its name, the file to open, the response. */
  async serve(
    req: RequestLike,
    res: ResponseLike,
    events: ResponseEvents | undefined,
  ): Promise<NextCall | undefined> {
    const { fallthrough, redirect } = this.settings
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      return fallthrough ? {} : respondWithStatus(res, 405, [['Allow', 'GET, HEAD']], events)
    }
    const requested = requestedName(req, this.settings)
    if (!requested.ok) return notServed(fallthrough, statusOfRefusal[requested.reason])
    const { location } = requested
    const context = this.#files.isCustom ? this.#contextOf(req, res) : undefined
    const found = await this.#open(requested, context, this.#codingsOf(req))
    if (context?.signal.aborted) return this.#disconnected(found, events)
    if (found.kind !== 'file') context?.release()
    if (location !== undefined) return this.#redirectToCanonical(res, found, location, events)
    if (found.kind === 'missing') return notFound(fallthrough, found.error)
    if (found.kind === 'file') return this.#respond(req, res, found.file, events)
    if (!redirect) return notServed(fallthrough, 404)
    return respondWithRedirect(res, redirectLocation(requestTarget(req)), events)
  }

  #contextOf(req: RequestLike, res: ResponseLike): RequestContext {
    return new RequestContext(req, res, this.#responseSettings)
  }

  #codingsOf({ headers }: RequestLike): readonly ContentCoding[] | undefined {
    const { precompressed } = this.settings
    if (precompressed.length === 0) return undefined
    return acceptedCodings(headers['accept-encoding'], precompressed)
  }

  #open(
    { name, trailingSlash }: { readonly name: string; readonly trailingSlash: boolean },
    context: RequestContext | undefined,
    codings: readonly ContentCoding[] | undefined,
  ): Promise<OpenResult> {
    const { index, extensions, redirect } = this.settings
    const names = candidates(name, trailingSlash, index, extensions)
    const found = openFirst(this.#files, names, context, codings)
    if (context === undefined || trailingSlash || !redirect) return found
    return found.then((result) =>
      result.kind === 'missing' && isMissing(result.error)
        ? openDirectory(this.#files, candidates(name, true, index, extensions), context)
        : result,
    )
  }

  /** Nothing can be sent any more, and nothing is left to do for the middleware behind this one. */
  #disconnected(found: OpenResult, events: ResponseEvents | undefined): undefined {
    if (found.kind === 'file') found.file.close()
    events?.end(ABORTED)
  }

  #redirectToCanonical(
    res: ResponseLike,
    found: OpenResult,
    location: string,
    events: ResponseEvents | undefined,
  ): NextCall | undefined {
    if (found.kind === 'missing') return notFoundAsSpelled(this.settings.fallthrough, found.error)
    if (found.kind === 'file') found.file.close()
    return respondWithRedirect(res, location, events)
  }

  async #respond(
    req: RequestLike,
    res: ResponseLike,
    file: OpenFile,
    events: ResponseEvents | undefined,
  ): Promise<NextCall | undefined> {
    const wasBegun = res.headersSent && !res.writableEnded
    events?.start()
    const init = events === undefined ? this.#init.unobserved : this.#init.observed
    const end = await respondWithFile(req, res, file, this.#responseSettings, init)
    events?.end(end)
    if (end.error === undefined || end.aborted) return undefined
    // A callback or a time limit that began a response meanwhile also ends it. A response that was
    // begun before this middleware ran is a mistake, which the error reports.
    const isBegunByOthers = !end.headersSent && res.headersSent && !wasBegun
    return isBegunByOthers ? undefined : { error: toHttpError(end.error) }
  }
}
