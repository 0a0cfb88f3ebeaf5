import { extname } from 'node:path'
import { statusOf, toHttpError } from './errors.js'
import type { ContentCoding } from './http/content-coding.js'
import { isNavigation } from './http/navigation.js'
import { fallbackResponseSettings, notFoundResponseSettings } from './options/response-settings.js'
import type { StreamFilesSettings } from './options/stream-files-options.js'
import { statusOfRefusal } from './path/refusal.js'
import type { RequestedName } from './path/requested-name.js'
import type { FileResponseSettings } from './response/file-response-settings.js'
import type { RequestLike } from './response/request-like.js'
import type { OpenContext } from './source/custom/source-contract.js'
import type { FileSource, OpenFile } from './source/source.js'

/** A file to send, and how. */
export interface FileToSend {
  readonly kind: 'file'
  readonly file: OpenFile
  readonly settings: FileResponseSettings
  /** The status of the response; by default the one that it has. */
  readonly status: 404 | undefined
}

/** What is sent if there is no file: the pages of the options `fallback` and `notFound`. */
export class FallbackPages {
  readonly #files
  readonly #fallback
  readonly #notFound

  /** @param ofFile how files are sent */
  constructor(files: FileSource, settings: StreamFilesSettings, ofFile: FileResponseSettings) {
    const { fallback, notFound } = settings
    this.#files = files
    this.#fallback = { name: fallback, settings: fallbackResponseSettings(settings, ofFile) }
    this.#notFound = { name: notFound, settings: notFoundResponseSettings(settings, ofFile) }
  }

  /**
   * Opens the page for a request that is refused or has no file; `undefined` if there is none for it.
   *
   * @param error what the file system reported, if it failed
   */
  async open(
    req: RequestLike,
    requested: RequestedName,
    error: unknown,
    context: OpenContext | undefined,
    codings: readonly ContentCoding[] | undefined,
  ): Promise<FileToSend | undefined> {
    if (statusOfMissing(requested, error) !== 404) return undefined
    if (mayBeClientRoute(requested) && isNavigation(req.headers)) {
      const { name, settings } = this.#fallback
      const file = await this.#openPage(name, context, codings)
      if (file !== undefined) return { kind: 'file', file, settings, status: undefined }
    }
    const { name, settings } = this.#notFound
    const file = await this.#openPage(name, context && unconditional(context), codings)
    return file && { kind: 'file', file, settings, status: 404 }
  }

  /** @throws HttpError if the file system fails, which does not mean that the page is missing */
  async #openPage(
    name: string | false,
    context: OpenContext | undefined,
    codings: readonly ContentCoding[] | undefined,
  ): Promise<OpenFile | undefined> {
    if (name === false) return undefined
    const found = await this.#files.open(name, context, codings)
    if (found.kind === 'file') return found.file
    if (found.kind === 'missing' && found.error !== undefined && statusOf(found.error) >= 500) {
      throw toHttpError(found.error)
    }
    return undefined
  }
}

/** Whether a path may be a route of an application in the browser. What has an extension is a file. */
function mayBeClientRoute(requested: RequestedName): boolean {
  return requested.ok && (requested.trailingSlash || extname(requested.name) === '')
}

function statusOfMissing(requested: RequestedName, error: unknown): number {
  if (!requested.ok) return statusOfRefusal[requested.reason]
  if (error === undefined) return 404
  const status = statusOf(error)
  // A name in another spelling must tell no more than whether it can be served.
  return requested.location !== undefined && status < 500 ? 404 : status
}

function unconditional(context: OpenContext): OpenContext {
  return { ...context, conditions: undefined, range: undefined }
}
