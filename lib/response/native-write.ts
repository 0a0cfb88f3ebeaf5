import { OutgoingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import { types } from 'node:util'
import type { ResponseLike } from './response-like.js'

// Read before any middleware runs, from the class that defines the methods: a `write` that a monitoring
// agent sets on `ServerResponse.prototype` is not Node's own either.
const { write: writeOfHttp, end: endOfHttp } = OutgoingMessage.prototype
const { writeHead: writeHeadOfHttp } = ServerResponse.prototype
const { write: writeOfSocket } = Socket.prototype

// A built-in module, which is already loaded if there is an HTTP/2 response.
const http2 = () => require('node:http2') as typeof import('node:http2')

/**
 * Whether `write` and `end` are Node's own. A middleware that replaced one of them, by assignment, in a
 * subclass or with a proxy, may keep the chunks, change them, or encode them.
 */
export function hasNativeWrite(res: ResponseLike): boolean {
  if (types.isProxy(res)) return false
  const { write, end } = res
  if (Object.is(write, writeOfHttp)) return Object.is(end, endOfHttp)
  if (!hasHttp2Stream(res)) return false
  const { prototype } = http2().Http2ServerResponse
  return Object.is(write, prototype.write) && Object.is(end, prototype.end)
}

/** Whether no middleware runs when the headers of an HTTP/1 response are sent. */
export function hasNativeWriteHead(res: ResponseLike): boolean {
  return Object.is(res.writeHead, writeHeadOfHttp)
}

function hasHttp2Stream(res: ResponseLike): boolean {
  return 'stream' in res && res.stream !== undefined
}

/** Whether what is written to a socket is sent as it is: TLS, or a `write` that was replaced, may encode it. */
export function isNativeSocket(socket: Socket): boolean {
  return Object.getPrototypeOf(socket) === Socket.prototype && socket.write === writeOfSocket
}
