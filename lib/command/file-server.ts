import {
  type IncomingMessage,
  type RequestListener,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http'
import { toHttpError } from '../errors.js'
import {
  type OnOutcome,
  type StreamFilesHandler,
  type StreamFilesOptions,
  streamFiles,
  streamResponse,
} from '../index.js'
import { requestedName } from '../path/requested-name.js'
import { DiskSource } from '../source/disk/disk-source.js'
import type { CommandSettings } from './command-line.js'
import { directoryListing } from './directory-listing.js'
import { PAGE_HEADERS } from './directory-page.js'

/** Which files are served, and how. */
export type FileServerSettings = Omit<CommandSettings, 'port' | 'host' | 'open' | 'quiet'>

/** A listener for `node:http` that serves the files below a directory, and pages that list directories. */
export function fileServer(
  settings: FileServerSettings,
  onOutcome: OnOutcome | undefined,
): RequestListener {
  const { directory, cors, spa } = settings
  const options = { ...fileOptions(settings), onOutcome }
  const rest = new Rest(settings, options)
  const serveFiles = streamFiles(directory, { ...options, fallback: spa && 'index.html' })
  return (req, res) => {
    if (cors) allowEveryOrigin(res)
    serveFiles(req, res, (error) => {
      if (error === undefined) void rest.respond(req, res)
      else sendError(res, error)
    })
  }
}

function fileOptions({ cache, dotfiles, precompressed }: FileServerSettings) {
  const cached = cache === 'fingerprinted' ? { cacheControl: cache } : { maxAge: cache }
  return {
    ...cached,
    contentLength: true,
    dotfiles: dotfilePolicy({ dotfiles }),
    // As serve, http-server and sirv-cli have it: /about is about.html.
    extensions: ['html'],
    precompressed,
  } satisfies StreamFilesOptions
}

/** Responds to what is not a file: directories, preflight requests, and all that is missing. */
class Rest {
  readonly #settings: FileServerSettings
  readonly #onOutcome: OnOutcome | undefined
  readonly #disk: DiskSource
  readonly #serveNotFoundPage: StreamFilesHandler

  constructor(settings: FileServerSettings, options: StreamFilesOptions) {
    this.#settings = settings
    this.#onOutcome = options.onOutcome ?? undefined
    this.#disk = new DiskSource(settings.directory, 'inside')
    // Not in the first place, because it would replace every list of a directory.
    this.#serveNotFoundPage = streamFiles(settings.directory, { ...options, notFound: '404.html' })
  }

  async respond(req: IncomingMessage, res: ServerResponse): Promise<unknown> {
    const onOutcome = this.#onOutcome
    if (req.method === 'OPTIONS' && this.#settings.cors) {
      return streamResponse(res, [], { onOutcome, status: 204 })
    }
    if (req.method !== 'GET' && req.method !== 'HEAD') {
      return this.#sendStatus(res, 405, { Allow: 'GET, HEAD' })
    }
    const name = this.#settings.list ? this.#directoryName(req) : undefined
    if (name === undefined || !(await this.#isDirectory(name))) return this.#sendNotFound(req, res)
    const page = () => directoryListing(this.#disk, name, this.#settings.dotfiles)
    return streamResponse(res, page, { headers: PAGE_HEADERS, onOutcome, type: 'html' })
  }

  /** The name of the directory that a request asks for, if it ends with a slash and is not refused. */
  #directoryName(req: IncomingMessage): string | undefined {
    const dotfiles = dotfilePolicy(this.#settings)
    const requested = requestedName(req, { dotfiles, redirect: false })
    return requested.ok && requested.trailingSlash ? requested.name : undefined
  }

  async #isDirectory(name: string): Promise<boolean> {
    const result = await this.#disk.open(name)
    if (result.kind === 'file') result.file.close()
    return result.kind === 'directory'
  }

  #sendNotFound(req: IncomingMessage, res: ServerResponse): void {
    this.#serveNotFoundPage(req, res, (error) => {
      if (error === undefined) void this.#sendStatus(res, 404)
      else sendError(res, error)
    })
  }

  #sendStatus(res: ServerResponse, status: number, headers = {}): Promise<unknown> {
    const onOutcome = this.#onOutcome
    return streamResponse(res, statusText(status), { headers, onOutcome, status, type: 'txt' })
  }
}

/** The outcome of a failure was reported by `streamFiles`. */
function sendError(res: ServerResponse, error: Error): void {
  const { status, headers = {} } = toHttpError(error)
  if (!res.headersSent)
    void streamResponse(res, statusText(status), { headers, status, type: 'txt' })
}

function statusText(status: number): string[] {
  return [`${status} ${STATUS_CODES[status]}\n`]
}

function dotfilePolicy({ dotfiles }: Pick<FileServerSettings, 'dotfiles'>): 'allow' | 'ignore' {
  return dotfiles ? 'allow' : 'ignore'
}

/** A page of any origin may send any request without credentials, and read the whole response. */
function allowEveryOrigin(res: ServerResponse): void {
  res.setHeader('Access-Control-Allow-Origin', '*')
  res.setHeader('Access-Control-Allow-Methods', 'GET, HEAD')
  res.setHeader('Access-Control-Allow-Headers', '*')
  res.setHeader('Access-Control-Expose-Headers', '*')
}
