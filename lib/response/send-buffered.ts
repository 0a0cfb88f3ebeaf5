import type { Decision } from '../http/decision.js'
import { hasNativeWrite } from './native-write.js'
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

/** Up to here a body in memory goes out as a whole, in bytes: a first block may be as long. */
export const MAX_BUFFERED_BYTES = INITIAL_READ_BYTES

/**
 * Sends an answer whose body is in memory, and waits for nothing: there is nothing left to read or to
 * let go of, so a client that leaves makes no difference. That all of it arrives is assumed. A
 * middleware that may keep or change the bytes gets a copy: they are those of later responses, too.
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
    sendHeaders(res, decision)
    // Somebody in front of `writeHead` may have ended it there.
    if (!res.writableEnded && res.destroyed !== true) end(res, body, chunkSize)
  } catch (error) {
    if (res.headersSent) abortResponse(res)
    throw error
  }
  return { bytesSent: body.length, headersSent: true, completed: true, aborted: false }
}

function end(res: ResponseLike, body: Uint8Array, chunkSize: number): void {
  if (body.length === 0) res.end()
  else {
    const bytes = hasNativeWrite(res) ? body : Buffer.from(body)
    res.end(writeAllButLastChunk(res, bytes, chunkSize))
  }
  discardRequest(res)
}
