import { OutgoingMessage } from 'node:http'
import { types } from 'node:util'
import type { ResponseLike } from './response-like.js'

// Read before any middleware runs, from the class that defines both: a `write` that an agent put on
// `ServerResponse.prototype` is not Node's own either.
const { write: writeOfHttp, end: endOfHttp } = OutgoingMessage.prototype

// A module of Node's own, which is loaded already where there is a response of HTTP/2.
const http2 = () => require('node:http2') as typeof import('node:http2')

/**
 * Whether what is written goes straight to Node. A middleware that replaced `write` or `end`, by
 * assigning it, in a subclass or with a proxy, may keep the chunks, change them, or re-encode them.
 */
export function hasNativeWrite(res: ResponseLike): boolean {
  if (types.isProxy(res)) return false
  const { write, end } = res
  if (Object.is(write, writeOfHttp)) return Object.is(end, endOfHttp)
  if (!isOfHttp2(res)) return false
  const { prototype } = http2().Http2ServerResponse
  return Object.is(write, prototype.write) && Object.is(end, prototype.end)
}

function isOfHttp2(res: ResponseLike): boolean {
  return 'stream' in res && res.stream !== undefined
}
