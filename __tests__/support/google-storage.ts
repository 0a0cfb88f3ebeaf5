import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

/** As much of the JSON API of Google Cloud Storage as a download needs: a bucket with one object. */
export class GoogleStorage {
  /** The `Range` of every download. */
  readonly ranges: string[] = []
  /** The responses to downloads whose connections are open, and what remains to be sent of each. */
  readonly downloads = new Map<ServerResponse, Buffer>()
  /** What the store says of the object. */
  readonly metadata: Record<string, string>
  /** The generation that can be downloaded. */
  generation = '17092100968'
  /** How many bytes of a download are sent before `finish` is called. */
  sendAtMost = Number.POSITIVE_INFINITY
  readonly #content: Buffer
  readonly #server: Server

  constructor(name: string, content: Buffer, metadata: Readonly<Record<string, string>>) {
    const { generation } = this
    this.metadata = { name, size: `${content.length}`, generation, ...metadata }
    this.#content = content
    this.#server = createServer((req, res) => this.#respond(req, res))
  }

  async listen(): Promise<string> {
    await once(this.#server.listen(0, '127.0.0.1'), 'listening')
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`
  }

  /** Sends what remains of all downloads, and the whole of later ones. */
  finish(): void {
    this.sendAtMost = Number.POSITIVE_INFINITY
    for (const [res, rest] of this.downloads) res.end(rest)
  }

  close(): void {
    this.#server.closeAllConnections()
    this.#server.close()
  }

  #respond(req: IncomingMessage, res: ServerResponse): void {
    const { pathname, searchParams } = new URL(req.url ?? '', 'http://localhost')
    const name = encodeURIComponent(this.metadata.name ?? '')
    const isDownload = searchParams.get('alt') === 'media'
    const generation = searchParams.get('generation') ?? this.generation
    const isFound = pathname === `/storage/v1/b/bucket/o/${name}`
    if (!isFound || generation !== this.generation) return sendError(res, 404)
    if (isDownload) return this.#download(req, res)
    res.setHeader('Content-Type', 'application/json')
    res.end(JSON.stringify(this.metadata))
  }

  #download({ headers }: IncomingMessage, res: ServerResponse): void {
    const { range = '' } = headers
    this.ranges.push(range)
    const [, start, end] = /^bytes=(\d+)-(\d+)$/.exec(range) ?? []
    const bytes = this.#content.subarray(Number(start), Number(end) + 1)
    const { contentEncoding } = this.metadata
    if (contentEncoding !== undefined) res.setHeader('Content-Encoding', contentEncoding)
    res.writeHead(206, { 'Content-Length': bytes.length })
    this.downloads.set(res, bytes.subarray(this.sendAtMost))
    res.once('close', () => this.downloads.delete(res))
    if (bytes.length <= this.sendAtMost) res.end(bytes)
    else res.write(bytes.subarray(0, this.sendAtMost))
  }
}

function sendError(res: ServerResponse, code: number): void {
  res.writeHead(code, { 'Content-Type': 'application/json' })
  res.end(JSON.stringify({ error: { code, message: 'No such object' } }))
}
