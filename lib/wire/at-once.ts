import type { Decision } from '../http/decision.js'
import { sendHead } from './head.js'
import { hasNativeWrite } from './native-write.js'
import { FIRST_READ } from './pace.js'
import {
  cutOff,
  destroyAborted,
  discardRequest,
  isGone,
  type Response,
  writeAllButLastChunk,
} from './response.js'
import { ABORTED, type TransferEnd } from './transfer.js'

/** Up to here a body in memory goes out as a whole, in bytes: a first block may be as long. */
export const AT_ONCE_AT_MOST = FIRST_READ

/**
 * Sends an answer whose body is in memory, and waits for nothing: there is nothing left to read or to
 * let go of, so a client that leaves makes no difference. That all of it arrives is assumed. A
 * middleware that may keep or change the bytes gets a copy: they are those of later responses, too.
 */
export function sendAtOnce(
  res: Response,
  decision: Decision,
  body: Uint8Array,
  chunkSize: number,
): TransferEnd {
  if (isGone(res)) {
    destroyAborted(res)
    return ABORTED
  }
  try {
    sendHead(res, decision)
    // Somebody in front of `writeHead` may have ended it there.
    if (!res.writableEnded && res.destroyed !== true) end(res, body, chunkSize)
  } catch (error) {
    if (res.headersSent) cutOff(res)
    throw error
  }
  return { bytesSent: body.length, committed: true, completed: true, aborted: false }
}

function end(res: Response, body: Uint8Array, chunkSize: number): void {
  if (body.length === 0) res.end()
  else {
    const bytes = hasNativeWrite(res) ? body : Buffer.from(body)
    res.end(writeAllButLastChunk(res, bytes, chunkSize))
  }
  discardRequest(res)
}
