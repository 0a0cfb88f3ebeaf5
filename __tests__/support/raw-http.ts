import { connect } from 'node:net'

/** A response as its bytes stood on the wire. */
export interface RawResponse {
  readonly version: string
  readonly status: number
  /** Names in lower case; fields sent twice are joined by a comma. */
  readonly headers: Readonly<Record<string, string>>
  readonly body: Buffer
  /** The size of every chunk, the terminating one of 0 left out; `undefined` without chunks. */
  readonly chunks: readonly number[] | undefined
  readonly trailers: Readonly<Record<string, string>>
  /** Whether the body ended as its framing says it must. */
  readonly complete: boolean
}

/** Sends bytes over a socket of its own and returns all that comes back until the server closes. */
export function exchangeRaw(port: number, request: string | Buffer): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const received: Buffer[] = []
    const socket = connect(port, '127.0.0.1', () => socket.write(request))
    socket.setTimeout(10_000, () => socket.destroy(new Error('No response for ten seconds')))
    socket.on('data', (bytes) => received.push(bytes))
    socket.on('end', () => socket.end())
    socket.on('error', (error: NodeJS.ErrnoException) =>
      error.code === 'ECONNRESET' ? undefined : reject(error),
    )
    socket.on('close', () => resolve(Buffer.concat(received)))
  })
}

/** Requests one target with the given header lines and `Connection: close`. */
export async function request(
  port: number,
  target: string,
  options: { method?: string; headers?: readonly string[]; version?: string } = {},
): Promise<RawResponse> {
  const { method = 'GET', headers = [], version = '1.1' } = options
  const lines = [
    `${method} ${target} HTTP/${version}`,
    'Host: localhost',
    'Connection: close',
    ...headers,
  ]
  const bytes = await exchangeRaw(port, Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'))
  const [response] = parseResponses(bytes, [method])
  if (response === undefined) throw new Error(`No response to ${method} ${target}`)
  return response
}

/** Splits what came over one connection into its responses; `methods` are those of the requests. */
export function parseResponses(bytes: Buffer, methods: readonly string[] = []): RawResponse[] {
  const responses: RawResponse[] = []
  let rest = bytes
  while (rest.length > 0) {
    const head = rest.indexOf('\r\n\r\n')
    if (head === -1)
      throw new Error(`Not a response: ${JSON.stringify(rest.subarray(0, 80).toString('latin1'))}`)
    const [statusLine = '', ...lines] = rest.subarray(0, head).toString('latin1').split('\r\n')
    const match = /^HTTP\/(\d\.\d) (\d{3})/.exec(statusLine)
    if (match === null) throw new Error(`Not a status line: ${JSON.stringify(statusLine)}`)
    const status = Number(match[2])
    const headers = parseFields(lines)
    const hasBody = methods[responses.length] !== 'HEAD' && status !== 204 && status !== 304
    const framed = readBody(rest.subarray(head + 4), headers, hasBody)
    responses.push({ version: match[1] ?? '', status, headers, ...framed.message })
    rest = framed.rest
  }
  return responses
}

type Body = Pick<RawResponse, 'body' | 'chunks' | 'trailers' | 'complete'>

function readBody(
  bytes: Buffer,
  headers: Readonly<Record<string, string>>,
  hasBody: boolean,
): { message: Body; rest: Buffer } {
  const plain = { chunks: undefined, trailers: {} }
  if (!hasBody) return { message: { ...plain, body: Buffer.alloc(0), complete: true }, rest: bytes }
  if (headers['transfer-encoding'] === 'chunked') return readChunked(bytes)
  const length = headers['content-length']
  if (length === undefined)
    return { message: { ...plain, body: bytes, complete: true }, rest: Buffer.alloc(0) }
  const body = bytes.subarray(0, Number(length))
  return {
    message: { ...plain, body, complete: body.length === Number(length) },
    rest: bytes.subarray(body.length),
  }
}

function readChunked(bytes: Buffer): { message: Body; rest: Buffer } {
  const parts: Buffer[] = []
  let position = 0
  const message = (complete: boolean, trailers = {}): Body => ({
    body: Buffer.concat(parts),
    chunks: parts.map((part) => part.length),
    trailers,
    complete,
  })
  while (true) {
    const line = bytes.indexOf('\r\n', position)
    if (line === -1) return { message: message(false), rest: Buffer.alloc(0) }
    const digits = bytes.subarray(position, line).toString('latin1')
    if (!/^[0-9a-f]+$/i.test(digits)) throw new Error(`Not a chunk size: ${JSON.stringify(digits)}`)
    const size = Number.parseInt(digits, 16)
    position = line + 2
    if (size === 0) {
      const end = bytes.indexOf('\r\n\r\n', position - 2)
      if (end === -1) return { message: message(false), rest: Buffer.alloc(0) }
      const lines = bytes
        .subarray(position, Math.max(end, position))
        .toString('latin1')
        .split('\r\n')
      return { message: message(true, parseFields(lines)), rest: bytes.subarray(end + 4) }
    }
    parts.push(bytes.subarray(position, position + size))
    if (position + size + 2 > bytes.length)
      return { message: message(false), rest: Buffer.alloc(0) }
    position += size + 2
  }
}

function parseFields(lines: readonly string[]): Record<string, string> {
  const fields: Record<string, string> = {}
  for (const line of lines.filter((text) => text !== '')) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    const value = line.slice(colon + 1).trim()
    fields[name] = name in fields ? `${fields[name]}, ${value}` : value
  }
  return fields
}
