import { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { isHttp2, type ResponseLike } from './response-like.js'

/** What of the written bytes is on its way. */
export interface WriteProgress {
  /** Whether bytes wait for the client. */
  readonly waits: boolean
  /** How many wait in this process. */
  readonly length: number
  /** How many the operating system has taken of the connection, where it says so. */
  readonly taken: number
}

const NOTHING_WAITS: WriteProgress = { waits: false, length: 0, taken: 0 }

/** How far the bytes are that were written to a response. One whose turn has not come waits for nobody. */
export function writeProgress(res: ResponseLike): WriteProgress {
  if (isHttp2(res)) {
    const { writableLength: length, writableEnded, writableFinished } = res.stream
    return { waits: length > 0 || (writableEnded && !writableFinished), length, taken: 0 }
  }
  if (!(res instanceof ServerResponse) || res.socket === null) return NOTHING_WAITS
  const length = res.writableLength
  return { waits: length > 0, length, taken: bytesAccepted(res.socket) }
}

/**
 * One write may be of a megabyte, and Node tells when it was taken as a whole. How much of it was taken
 * so far only the handle knows: the timeout of Node's own sockets asks it too.
 */
function bytesAccepted(socket: Socket): number {
  const handle: unknown = '_handle' in socket ? socket._handle : undefined
  if (typeof handle !== 'object' || handle === null) return 0
  if (!('writeQueueSize' in handle && 'bytesWritten' in handle)) return 0
  return Number(handle.bytesWritten) - Number(handle.writeQueueSize)
}
