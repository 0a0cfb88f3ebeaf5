import type { Decision } from '../http/decision.js'
import { hasNativeWrite, hasNativeWriteHead } from './native-write.js'
import { INITIAL_READ_BYTES } from './read-ahead.js'
import { sendHeaders } from './response-headers.js'
import {
  abortResponse,
  destroyAbortedStream,
  discardRequest,
  isDisconnected,
  type ResponseLike,
  writeAllButLastChunk,
} from './response-like.js'
import { ABORTED, type TransferResult } from './transfer.js'

/** The largest body that is sent from memory at once, in bytes: as much as a first read. */
export const MAX_BUFFERED_BYTES = INITIAL_READ_BYTES

/**
 * Sends a response whose body is in memory, and does not wait for its end: nothing is left to read or to
 * release, so it does not matter whether the client disconnects. The result assumes that it does not. A
 * middleware that may keep or change the bytes gets a copy, because later responses share them.
 */
export function sendBuffered(
  res: ResponseLike,
  decision: Decision,
  body: Uint8Array,
  chunkSize: number,
): TransferResult {
  if (isDisconnected(res)) {
    destroyAbortedStream(res)
    return ABORTED
  }
  try {
    // Node adds properties to a response when it sends the headers. Under Express each look-up of a property
    // after that is a slow one, so what can be asked before is.
    if (hasNativeWriteHead(res)) {
      const bytes = bytesFor(res, body)
      sendHeaders(res, decision)
      end(res, bytes, chunkSize)
    } else {
      sendHeaders(res, decision)
      // A middleware may end the response in its `writeHead`, or replace `write`.
      const isOpen = !res.writableEnded && res.destroyed !== true
      if (isOpen) end(res, bytesFor(res, body), chunkSize)
    }
  } catch (error) {
    if (res.headersSent) abortResponse(res)
    throw error
  }
  return { bytesSent: body.length, headersSent: true, completed: true, aborted: false }
}

function bytesFor(res: ResponseLike, body: Uint8Array): Uint8Array {
  return body.length === 0 || hasNativeWrite(res) ? body : Buffer.from(body)
}

function end(res: ResponseLike, bytes: Uint8Array, chunkSize: number): void {
  if (bytes.length === 0) res.end()
  else res.end(writeAllButLastChunk(res, bytes, chunkSize))
  discardRequest(res)
}
