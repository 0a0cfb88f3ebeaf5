import { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { isNativeSocket } from './native-write.js'
import { isHttp2, type ResponseLike } from './response-like.js'

/** How many of the written bytes are still buffered. */
export interface WriteProgress {
  /** Whether bytes wait for the client. */
  readonly isPending: boolean
  /** How many bytes are buffered in this process. */
  readonly length: number
  /** How many bytes the operating system has accepted on the connection, if Node exposes it. */
  readonly accepted: number
}

const NOTHING_PENDING: WriteProgress = { isPending: false, length: 0, accepted: 0 }

/** The progress of what was written to a response. A pipelined response without a socket is not pending. */
export function writeProgress(res: ResponseLike): WriteProgress {
  if (isHttp2(res)) {
    const { writableLength: length, writableEnded, writableFinished } = res.stream
    return { isPending: length > 0 || (writableEnded && !writableFinished), length, accepted: 0 }
  }
  if (!(res instanceof ServerResponse) || res.socket === null) return NOTHING_PENDING
  const length = res.writableLength
  return { isPending: length > 0, length, accepted: bytesAccepted(res.socket) }
}

/**
 * One write may be a megabyte, and its callback is called when all of it was accepted. Only the handle
 * knows how much was accepted so far. `socket.setTimeout` of Node reads it there too.
 */
function bytesAccepted(socket: Socket): number {
  const handle = socketHandle(socket)
  return handle === undefined ? 0 : handle.bytesWritten - handle.writeQueueSize
}

/** The descriptor of the socket of a response, if nothing waits in this process to be written to it. */
export function idleDescriptor({
  socket,
  writableLength,
  writableCorked,
}: ServerResponse): number | undefined {
  if (socket === null || !socket.writable || !isNativeSocket(socket)) return undefined
  if (writableLength > 0 || writableCorked > 0 || socket.writableCorked > 0) return undefined
  const handle = socketHandle(socket)
  return handle?.writeQueueSize === 0 && handle.fd >= 0 ? handle.fd : undefined
}

/** The part of libuv's handle of a socket that is used. */
interface SocketHandle {
  /** The descriptor. Negative where there is none. */
  readonly fd: number
  /** Bytes that libuv has not written yet. */
  readonly writeQueueSize: number
  /** Bytes that were passed to libuv. */
  readonly bytesWritten: number
}

/** The handle of an open socket, which Node does not document. */
function socketHandle(socket: Socket): SocketHandle | undefined {
  const handle: unknown = '_handle' in socket ? socket._handle : undefined
  if (typeof handle !== 'object' || handle === null) return undefined
  if (!('writeQueueSize' in handle && 'bytesWritten' in handle)) return undefined
  const { writeQueueSize, bytesWritten } = handle
  const fd = 'fd' in handle ? Number(handle.fd) : -1
  return { fd, writeQueueSize: Number(writeQueueSize), bytesWritten: Number(bytesWritten) }
}
