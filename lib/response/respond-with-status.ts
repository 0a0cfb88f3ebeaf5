import type { ChunkReader } from '../source/source.js'
import type { ResponseEvents } from './response-events.js'
import { type HeaderList, sendEmptyHeaders, sendEmptyResponse } from './response-headers.js'
import type { ResponseLike } from './response-like.js'
import { transfer } from './transfer.js'

const NO_BODY: ChunkReader = {
  read: (_want, callback) => callback(null),
  release() {},
  close() {},
}

/** Responds with a status and header fields alone. Nobody waits for its end, unless it is to be told. */
export function respondWithStatus(
  res: ResponseLike,
  status: number,
  headers: HeaderList,
  events: ResponseEvents | undefined,
): undefined {
  if (events === undefined) return sendEmptyResponse(res, status, headers)
  events.start()
  const commit = () => sendEmptyHeaders(res, status, headers)
  void transfer(res, { reader: NO_BODY, sendHeaders: commit }).then((end) => events.end(end))
}
