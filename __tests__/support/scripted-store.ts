import { createHash } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { S3Client, type S3ClientConfig } from '@aws-sdk/client-s3'
import { serve, type TestServer } from './server.js'

/** A request as the store got it. */
export interface StoreRequestLine {
  readonly method: string
  readonly key: string
  readonly range: string | undefined
  readonly ifMatch: string | undefined
}

interface StoredObject {
  readonly body: Buffer
  readonly headers: Readonly<Record<string, string>>
}

type Intercept = (req: IncomingMessage, res: ServerResponse) => boolean

/**
 * As much of an object store as a GET and a HEAD need, for what a real one does only by accident: it may
 * stall, break off, be busy, or do what was not asked for.
 */
export class ScriptedStore {
  readonly requests: StoreRequestLine[] = []
  /** The connections of all requests. */
  readonly sockets = new Set<Socket>()
  /** Responds to a request instead of the store; returns whether it did. */
  intercept: Intercept = () => false
  readonly #objects = new Map<string, StoredObject>()
  #server: TestServer | undefined

  async start(): Promise<void> {
    this.#server = await serve((req, res) => this.#respond(req, res))
  }

  async stop(): Promise<void> {
    await this.#server?.close()
  }

  /** A client that tries once, unless the options say otherwise. */
  client(options: S3ClientConfig = {}): S3Client {
    return new S3Client({
      endpoint: this.#server?.url ?? '',
      region: 'us-east-1',
      forcePathStyle: true,
      credentials: { accessKeyId: 'id', secretAccessKey: 'secret' },
      responseChecksumValidation: 'WHEN_REQUIRED',
      maxAttempts: 1,
      ...options,
    })
  }

  put(key: string, body: string | Buffer, headers: Readonly<Record<string, string>> = {}): void {
    const bytes = Buffer.from(body)
    this.#objects.set(key, { body: bytes, headers: { ETag: etagOf(bytes), ...headers } })
  }

  delete(key: string): void {
    this.#objects.delete(key)
  }

  #respond(req: IncomingMessage, res: ServerResponse): void {
    const { pathname } = new URL(req.url ?? '', 'http://store')
    const key = decodeURIComponent(pathname.slice('/bucket/'.length))
    const { method = '', headers } = req
    this.requests.push({ method, key, range: headers.range, ifMatch: headers['if-match'] })
    this.sockets.add(req.socket)
    if (this.intercept(req, res)) return
    const object = this.#objects.get(key)
    if (object === undefined) return sendError(res, 404, 'NoSuchKey')
    const expected = headers['if-match']
    if (expected !== undefined && expected !== object.headers.ETag) {
      return sendError(res, 412, 'PreconditionFailed')
    }
    sendObject(res, object, method, headers.range)
  }
}

export function etagOf(bytes: string | Buffer): string {
  return `"${createHash('md5').update(bytes).digest('hex')}"`
}

export function sendError(res: ServerResponse, status: number, code: string): void {
  res.writeHead(status, { 'Content-Type': 'application/xml' })
  res.end(`<Error><Code>${code}</Code><Message>bucket, key</Message></Error>`)
}

function sendObject(
  res: ServerResponse,
  { body, headers }: StoredObject,
  method: string,
  range: string | undefined,
): void {
  const window = range === undefined ? undefined : windowOf(range, body.length)
  if (window !== undefined && window.start >= body.length)
    return sendError(res, 416, 'InvalidRange')
  const { start, end } = window ?? { start: 0, end: body.length - 1 }
  const contentRange = window && { 'Content-Range': `bytes ${start}-${end}/${body.length}` }
  res.writeHead(window === undefined ? 200 : 206, {
    'Last-Modified': 'Thu, 29 Feb 2024 12:34:56 GMT',
    'Content-Length': end - start + 1,
    ...headers,
    ...contentRange,
  })
  res.end(method === 'HEAD' ? undefined : body.subarray(start, end + 1))
}

function windowOf(range: string, size: number): { start: number; end: number } {
  const [, first = '', last = ''] = /^bytes=(\d*)-(\d*)$/.exec(range) ?? []
  if (first === '') return { start: Math.max(size - Number(last), 0), end: size - 1 }
  return { start: Number(first), end: last === '' ? size - 1 : Math.min(Number(last), size - 1) }
}
