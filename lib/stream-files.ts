import type { HttpError } from 'http-errors'
import { httpError, statusOf, toHttpError } from './errors.js'
import { cacheControlField } from './http/cache-control.js'
import { directoryPath } from './options/file-path.js'
import { describeValue } from './options/option-rules.js'
import type { StreamFilesOptions } from './options/option-types.js'
import {
  resolveStreamFilesOptions,
  type StreamFilesSettings,
} from './options/stream-files-options.js'
import { candidates } from './path/candidates.js'
import { canonicalName } from './path/canonical-name.js'
import { dotfileRefusal } from './path/dotfiles.js'
import { canonicalLocation, redirectLocation } from './path/redirect-location.js'
import { type NameVerdict, refuse, statusOfRefusal } from './path/refusal.js'
import { requestPath } from './path/request-path.js'
import type { ResponseDetails } from './response/header-rollback.js'
import { finalHandler, type NextFunction } from './response/next-function.js'
import type { RequestLike } from './response/request-like.js'
import {
  type FileResponseSettings,
  forGeneratedBody,
  respondWithFile,
  transformBody,
} from './response/respond-with-file.js'
import { respondWithStatus } from './response/respond-with-status.js'
import { type ResponseEvents, responseEvents } from './response/response-events.js'
import type { ResponseLike } from './response/response-like.js'
import { CacheValidator } from './source/cache/cache-validator.js'
import { FileCache } from './source/cache/file-cache.js'
import { CoalescedOpens } from './source/disk/coalesced-opens.js'
import { DiskSource } from './source/disk/disk-source.js'
import { openFirst } from './source/open-first.js'
import type { OpenResult, Source } from './source/source.js'

/** A middleware for Express 4 and 5, connect, and bare `node:http` or `node:http2` servers. */
export type StreamFilesHandler = (req: RequestLike, res: ResponseLike, next?: NextFunction) => void

/**
 * Serves the files below a folder: a drop-in for `express.static`.
 *
 * @param root the folder, as a path or a `file:` URL; a relative path is below the working directory
 * @param options those of `express.static`, and more
 * @throws TypeError where `root` or an option is not acceptable; it names which
 */
export function streamFiles(
  root: string | URL,
  options?: StreamFilesOptions | null,
): StreamFilesHandler {
  const directory = directoryPath(root)
  if (directory === undefined) {
    throw new TypeError(
      `streamFiles: root must be the path or file: URL of a folder, not ${describeValue(root)}`,
    )
  }
  const settings = resolveStreamFilesOptions(options)
  const answer = answerSettings(settings)
  const files = sourceOf(directory, settings)
  const { observed, unobserved } = detailsOf(settings)

  /** Answers, or says what to hand on: nothing, or an error. */
  async function serve(
    req: RequestLike,
    res: ResponseLike,
    events: ResponseEvents | undefined,
  ): Promise<NextCall | undefined> {
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      return settings.fallthrough
        ? {}
        : respondWithStatus(res, 405, [['Allow', 'GET, HEAD']], events)
    }
    const verdict = requestedName(req, settings)
    if (!verdict.ok) return miss(statusOfRefusal[verdict.reason])
    const { name, trailingSlash, location } = verdict
    const wanted = candidates(name, trailingSlash, settings.index, settings.extensions)
    const found = await openFirst(files, wanted)
    if (location !== undefined) return respell(res, found, location, events)
    if (found.kind === 'missing') return miss(statusOfMissing(found.error), found.error)
    if (found.kind === 'directory') {
      return settings.redirect ? redirect(res, redirectLocation(targetOf(req)), events) : miss(404)
    }
    const begunBefore = res.headersSent && !res.writableEnded
    events?.start()
    const details = events === undefined ? unobserved : observed
    const end = await respondWithFile(req, res, found.file, answer, details)
    events?.end(end)
    if (end.error === undefined || end.aborted) return undefined
    // What a callback or a time limit began is theirs; but to hand on what was begun before is a mistake.
    const isTheirs = !end.headersSent && res.headersSent && !begunBefore
    return isTheirs ? undefined : { error: toHttpError(end.error) }
  }

  /** Another spelling of a name tells no more of it than whether it can be served. */
  function respell(
    res: ResponseLike,
    found: OpenResult,
    location: string,
    events: ResponseEvents | undefined,
  ): NextCall | undefined {
    if (found.kind === 'missing') {
      const status = statusOfMissing(found.error)
      return status < 500 ? miss(404) : miss(status, found.error)
    }
    if (found.kind === 'file') found.file.close()
    return redirect(res, location, events)
  }

  /** What is not there for this middleware may be there for the next; a failing disk is a failure. */
  function miss(status: number, cause?: unknown): NextCall {
    if (settings.fallthrough && status < 500) return {}
    return { error: cause === undefined ? httpError(status) : toHttpError(cause) }
  }

  // Adapters (h3, koa-connect, restify) take a handler of fewer than three parameters for one that
  // never calls next, and a parameter with a default does not count.
  return function streamFilesHandler(req, res, next) {
    const events = responseEvents(req, res, settings.onOutcome)
    const proceed = next ?? finalHandler(res)
    void serve(req, res, events)
      .catch((error): NextCall => ({ error: toHttpError(error) }))
      .then((handed) => {
        if (handed === undefined) return
        const isOurs = handed.error !== undefined || next === undefined
        if (isOurs) events?.fail(handed.error ?? httpError(404))
        proceed(handed.error)
      })
  }
}

function answerSettings(settings: StreamFilesSettings): FileResponseSettings {
  const answer = { ...settings, cacheControl: cacheControlField(settings) }
  const { transform, chunkSize } = settings
  if (transform === undefined) return answer
  return forGeneratedBody(answer, transformBody(transform, chunkSize))
}

/** The details of a response whose end is told, and of one after which nobody asks. */
function detailsOf({ stallTimeout }: StreamFilesSettings): {
  readonly observed: ResponseDetails
  readonly unobserved: ResponseDetails
} {
  if (stallTimeout === undefined) return { observed: {}, unobserved: { fireAndForget: true } }
  const observed = { delivery: { stallTimeout } }
  return { observed, unobserved: observed }
}

function sourceOf(directory: string, { symlinks, cache }: StreamFilesSettings): Source {
  const disk = new DiskSource(directory, symlinks)
  const files = new CoalescedOpens(disk)
  return cache === false ? files : new FileCache(files, new CacheValidator(disk), cache)
}

function statusOfMissing(cause: unknown): number {
  return cause === undefined ? 404 : statusOf(cause)
}

/** What goes to the next middleware. */
interface NextCall {
  readonly error?: HttpError
}

function redirect(
  res: ResponseLike,
  location: string,
  events: ResponseEvents | undefined,
): undefined {
  respondWithStatus(res, 301, [['Location', location]], events)
}

/** The name a request asks for, and where to ask for it if it is spelled in another way. */
type RequestedName = NameVerdict & { readonly location?: string }

/** The name a request asks for, if it may. */
function requestedName(req: RequestLike, settings: StreamFilesSettings): RequestedName {
  const path = pathBelowMount(req)
  const verdict = canonicalName(path, process.platform)
  if (!verdict.ok && verdict.reason !== 'lower-case-encoding') return verdict
  const { name, trailingSlash } = verdict
  const refusal = dotfileRefusal(name, settings.dotfiles)
  if (verdict.ok) return refusal === undefined ? verdict : refuse(refusal)
  const location = canonicalLocation(targetOf(req), path, verdict.canonicalPath)
  const isRedirected = settings.redirect && refusal === undefined && location !== undefined
  return isRedirected ? { ok: true, name, trailingSlash, location } : refuse('not-canonical')
}

/** The request-target as the client sent it. */
function targetOf(req: RequestLike): string {
  return req.originalUrl ?? req.url ?? '/'
}

/** Express gives the mount point itself a slash that the client may not have sent. */
function pathBelowMount(req: RequestLike): string {
  const path = requestPath(req.url ?? '/')
  const sent = req.originalUrl === undefined ? path : requestPath(req.originalUrl)
  return path === '/' && !sent.endsWith('/') ? '' : path
}
