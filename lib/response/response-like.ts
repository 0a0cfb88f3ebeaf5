import { type OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { Http2ServerResponse } from 'node:http2'
import type { Socket } from 'node:net'

type ResponseEvent = 'close' | 'drain' | 'finish' | 'error'

/** A response of `node:http` or of `node:http2`, as far as it is used here: both have all of this. */
export interface ResponseLike {
  statusCode: number
  readonly headersSent: boolean
  readonly writableEnded: boolean
  readonly writableFinished?: boolean
  readonly destroyed?: boolean
  getHeader(name: string): number | string | readonly string[] | undefined
  getHeaderNames(): string[]
  getHeaders(): OutgoingHttpHeaders
  /** Of `node:http` only: the names in the case they were set in. */
  getRawHeaderNames?(): string[]
  hasHeader(name: string): boolean
  setHeader(name: string, value: number | string | readonly string[]): unknown
  removeHeader(name: string): void
  writeHead(status: number): unknown
  write(chunk: Uint8Array, written?: (error?: Error | null) => void): boolean
  addTrailers(trailers: Readonly<Record<string, string>>): unknown
  end(): unknown
  end(lastChunk: Uint8Array): unknown
  destroy(error?: Error): unknown
  on(event: ResponseEvent, listener: (error?: Error) => void): unknown
  off(event: ResponseEvent, listener: (error?: Error) => void): unknown
}

/** Whether a value is a response at all: callers without TypeScript pass what they have. */
export function isResponse(value: unknown): value is ResponseLike {
  return typeof value === 'object' && value !== null && 'writeHead' in value && 'setHeader' in value
}

const HTTP2_NO_ERROR = 0
const HTTP2_INTERNAL_ERROR = 2

/** Whether nothing can reach the client any more. */
export function isDisconnected(res: ResponseLike): boolean {
  if (isHttp2(res)) return res.stream.destroyed || res.stream.aborted
  return res.destroyed === true || (isQueued(res) && res.req.socket.destroyed)
}

/**
 * Cuts the body off so that the client knows it. Without its terminating chunk, or short of its
 * length, a body is incomplete (RFC 9112 §8); and the next response must not land inside it.
 */
export function abortResponse(res: ResponseLike): void {
  // A stream destroyed without a reason is reset with NO_ERROR, which reads like a whole body.
  if (isHttp2(res)) return res.stream.close(HTTP2_INTERNAL_ERROR)
  if (res instanceof ServerResponse && isCloseDelimited(res)) resetConnection(res)
  res.destroy()
}

/**
 * Whether the end of the connection is the end of the body. Closed in the ordinary way, part of a
 * body would look like the whole. Clients as old as HTTP/1.0 may overlook the length.
 */
function isCloseDelimited(res: ServerResponse): boolean {
  return !isChunked(res) && (!res.hasHeader('Content-Length') || res.req.httpVersion === '1.0')
}

function resetConnection({ socket }: ServerResponse): void {
  try {
    socket?.resetAndDestroy()
  } catch {
    // Only TCP can be reset. TLS says by itself that a stream was cut off.
  }
}

/** Whether all of the body was handed to the connection. HTTP/2 says 'finish' of a reset, too. */
export function isFullySent(res: ResponseLike): boolean {
  if (isHttp2(res)) return res.stream.writableFinished && !res.stream.aborted
  return res.writableFinished === true
}

/**
 * Destroys a stream that the client has reset with NO_ERROR. Node waits until its request was read,
 * and where nobody reads it the stream stays open for ever, and the TCP socket with it.
 */
export function destroyAbortedStream(res: ResponseLike): void {
  if (!isHttp2(res)) return
  const { stream } = res
  if (stream.aborted && stream.rstCode === HTTP2_NO_ERROR) stream.destroy()
}

/**
 * Reads the rest of the request of a response that was ended, where nobody reads it. For such a
 * response Node tells of no reset at all, and closes the stream only once its request was read.
 */
export function discardRequest(res: ResponseLike): void {
  if (!isHttp2(res)) return
  const { req } = res
  if (req.readableFlowing === null && req.listenerCount('readable') === 0) req.resume()
}

/** Whether every write becomes a chunk of its own on the wire (RFC 9112 §7.1). */
export function isChunked(res: ResponseLike): boolean {
  return 'chunkedEncoding' in res && res.chunkedEncoding === true
}

/**
 * Writes a block chunk by chunk, where the wire shows chunks, but for the last: that is returned. One
 * tick, so one system call: node corks the socket until the next.
 */
export function writeAllButLastChunk(
  res: ResponseLike,
  buffer: Uint8Array,
  size: number,
): Uint8Array {
  if (buffer.length <= size || !isChunked(res)) return buffer
  let start = 0
  for (; buffer.length - start > size; start += size)
    res.write(buffer.subarray(start, start + size))
  return buffer.subarray(start)
}

/** Whether a body without a length will be chunked: not for HTTP/1.0, nor under HTTP/2. */
export function isChunkedByDefault(res: ResponseLike): boolean {
  return res instanceof ServerResponse && res.useChunkedEncodingByDefault
}

/** Whether fields may follow the body, if it has no length: HTTP/1.0 has no place for them. */
export function supportsTrailers(res: ResponseLike): boolean {
  if (isHttp2(res)) return true
  return res instanceof ServerResponse && res.req.httpVersion === '1.1'
}

/**
 * Calls `leave` when the client is gone; returns what stops that. A pipelined request's response has
 * no socket until its turn comes, and is not told when the socket closes before.
 */
export function onDisconnect(res: ResponseLike, disconnected: () => void): () => void {
  res.on('close', disconnected)
  if (isHttp2(res)) {
    const { stream } = res
    stream.on('aborted', disconnected)
    return () => {
      res.off('close', disconnected)
      stream.off('aborted', disconnected)
    }
  }
  if (!isQueued(res)) return () => res.off('close', disconnected)
  const stopWaiting = onSocketClose(res.req.socket, disconnected)
  return () => {
    res.off('close', disconnected)
    stopWaiting()
  }
}

// One listener for each socket: node takes more than ten for a leak, and a pipeline may be longer.
const waitingFor = new WeakMap<Socket, Set<() => void>>()

function onSocketClose(socket: Socket, disconnected: () => void): () => void {
  const waiting = waitingFor.get(socket) ?? new Set()
  if (!waitingFor.has(socket)) {
    waitingFor.set(socket, waiting)
    socket.once('close', () => {
      for (const leaveNow of waiting) leaveNow()
    })
  }
  waiting.add(disconnected)
  return () => waiting.delete(disconnected)
}

function isQueued(res: ResponseLike): res is ResponseLike & ServerResponse {
  return res instanceof ServerResponse && res.socket === null && !res.writableFinished
}

/** An application may set a `stream` of its own on a response of HTTP/1. */
export function isHttp2(res: ResponseLike): res is ResponseLike & Http2ServerResponse {
  return !(res instanceof ServerResponse) && 'stream' in res && isHttp2Stream(res.stream)
}

function isHttp2Stream(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'rstCode' in value
}
