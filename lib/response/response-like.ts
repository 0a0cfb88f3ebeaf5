import { type OutgoingHttpHeaders, ServerResponse } from 'node:http'
import type { Http2ServerResponse } from 'node:http2'
import type { Socket } from 'node:net'

type ResponseEvent = 'close' | 'drain' | 'finish' | 'error'

/** The part of a response of Express, `node:http` or `node:http2` that is used. */
export interface ResponseLike {
  statusCode: number
  readonly headersSent: boolean
  readonly writableEnded: boolean
  readonly writableFinished?: boolean
  readonly destroyed?: boolean
  getHeader(name: string): number | string | readonly string[] | undefined
  getHeaderNames(): string[]
  getHeaders(): OutgoingHttpHeaders
  /** `node:http` only: the names in the case in which they were set. */
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

/** Whether a value is a response: callers without TypeScript may pass anything. */
export function isResponse(value: unknown): value is ResponseLike {
  return typeof value === 'object' && value !== null && 'writeHead' in value && 'setHeader' in value
}

const HTTP2_NO_ERROR = 0
const HTTP2_INTERNAL_ERROR = 2

/** Whether the client has disconnected, so that nothing can be sent any more. */
export function isDisconnected(res: ResponseLike): boolean {
  if (isHttp2(res)) return res.stream.destroyed || res.stream.aborted
  return res.destroyed === true || (isQueued(res) && res.req.socket.destroyed)
}

/**
 * Aborts a response so that the client can tell. A body without its terminating chunk, or shorter than
 * its length, is incomplete (RFC 9112 §8), and the next response must not be read as part of it.
 */
export function abortResponse(res: ResponseLike): void {
  // A stream that is destroyed without an error is reset with NO_ERROR, like a complete one.
  if (isHttp2(res)) return res.stream.close(HTTP2_INTERNAL_ERROR)
  if (res instanceof ServerResponse && isCloseDelimited(res)) resetConnection(res)
  res.destroy()
}

/**
 * Whether the end of the connection is the end of the body. If the connection were closed with a FIN, a
 * truncated body would look complete. HTTP/1.0 clients may ignore the length.
 */
function isCloseDelimited(res: ServerResponse): boolean {
  return !isChunked(res) && (!res.hasHeader('Content-Length') || res.req.httpVersion === '1.0')
}

function resetConnection({ socket }: ServerResponse): void {
  try {
    socket?.resetAndDestroy()
  } catch {
    // Only TCP can be reset. TLS detects truncation by itself.
  }
}

/**
 * Whether the whole body was passed to the connection. Node emits 'finish' also if the stream was reset, or before
 * Node 24 the connection lost, after `end()` and before that.
 */
export function isFullySent(res: ResponseLike): boolean {
  if (isHttp2(res)) return res.stream.writableFinished && !res.stream.aborted
  if (res instanceof ServerResponse && res.req.socket.destroyed) return false
  return res.writableFinished === true
}

/**
 * Destroys a stream that the client has reset with NO_ERROR. Node waits until its request body was read;
 * if nothing reads it, the stream and its TCP socket stay open for ever.
 */
export function destroyAbortedStream(res: ResponseLike): void {
  if (!isHttp2(res)) return
  const { stream } = res
  if (stream.aborted && stream.rstCode === HTTP2_NO_ERROR) stream.destroy()
}

/**
 * Discards the rest of the request body, if nothing reads it, after the response was ended. Until the
 * request body was read, Node neither reports a reset of the stream nor closes it.
 */
export function discardRequest(res: ResponseLike): void {
  if (!isHttp2(res)) return
  const { req } = res
  if (req.readableFlowing === null && req.listenerCount('readable') === 0) req.resume()
}

/** Whether every write becomes one chunk on the wire (RFC 9112 §7.1). */
export function isChunked(res: ResponseLike): boolean {
  return 'chunkedEncoding' in res && res.chunkedEncoding === true
}

/**
 * Writes all chunks of a buffer except the last, which is returned. If the body is not chunked, the whole
 * buffer is returned. The writes are one system call, because Node corks the socket until the next tick.
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

/** Whether Node chunks a body without a length: not for HTTP/1.0, and not under HTTP/2. */
export function isChunkedByDefault(res: ResponseLike): boolean {
  return res instanceof ServerResponse && res.useChunkedEncodingByDefault
}

/** Whether a body without a length can have trailers: in HTTP/1.1 and HTTP/2. */
export function supportsTrailers(res: ResponseLike): boolean {
  if (isHttp2(res)) return true
  return res instanceof ServerResponse && res.req.httpVersion === '1.1'
}

/**
 * Calls back when the client disconnects.
 *
 * A response to a pipelined request has no socket until the responses before it have ended, and emits no
 * 'close' if the socket closes before that. So the socket is observed too.
 *
 * @returns a function that removes the listeners
 */
export function onDisconnect(res: ResponseLike, callback: () => void): () => void {
  if (isQueued(res)) return onQueuedDisconnect(res, callback)
  res.on('close', callback)
  if (!isHttp2(res)) return () => res.off('close', callback)
  const { stream } = res
  stream.on('aborted', callback)
  return () => {
    res.off('close', callback)
    stream.off('aborted', callback)
  }
}

/** The socket may outlive thousands of responses, so each removes its callback when it has closed. */
function onQueuedDisconnect(res: ResponseLike & ServerResponse, callback: () => void): () => void {
  const remove = () => {
    res.off('close', closed)
    removeFromSocket()
  }
  const closed = () => {
    remove()
    callback()
  }
  const removeFromSocket = onSocketClose(res.req.socket, closed)
  res.on('close', closed)
  return remove
}

// One listener per socket: Node warns of a leak at more than ten, and a pipeline may be longer.
const socketCallbacks = new WeakMap<Socket, Set<() => void>>()

function onSocketClose(socket: Socket, callback: () => void): () => void {
  const callbacks = socketCallbacks.get(socket) ?? new Set()
  if (!socketCallbacks.has(socket)) {
    socketCallbacks.set(socket, callbacks)
    socket.once('close', () => {
      for (const notify of callbacks) notify()
    })
  }
  callbacks.add(callback)
  return () => callbacks.delete(callback)
}

function isQueued(res: ResponseLike): res is ResponseLike & ServerResponse {
  return res instanceof ServerResponse && res.socket === null && !res.writableFinished
}

/** An application may set a property `stream` on an HTTP/1 response, so its type is checked. */
export function isHttp2(res: ResponseLike): res is ResponseLike & Http2ServerResponse {
  return !(res instanceof ServerResponse) && 'stream' in res && isHttp2Stream(res.stream)
}

function isHttp2Stream(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'rstCode' in value
}
