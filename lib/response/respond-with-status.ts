import type { ChunkReader } from '../source/source.js'
import type { ResponseEvents } from './response-events.js'
import { type HeaderList, sendEmptyHeaders, sendEmptyResponse } from './response-headers.js'
import type { ResponseLike } from './response-like.js'
import { transfer } from './transfer.js'

const NO_BODY: ChunkReader = {
  read: (_sizeHint, callback) => callback(null),
  release() {},
  close() {},
}

/** Responds with a redirect. */
export function respondWithRedirect(
  res: ResponseLike,
  location: string,
  events: ResponseEvents | undefined,
): undefined {
  return respondWithStatus(res, 301, [['Location', location]], events)
}

/** Responds with a status and headers, without a body. Its end is only awaited if `events` reports it. */
export function respondWithStatus(
  res: ResponseLike,
  status: number,
  headers: HeaderList,
  events: ResponseEvents | undefined,
): undefined {
  if (events === undefined) return sendEmptyResponse(res, status, headers)
  events.start()
  const sendHeaders = () => sendEmptyHeaders(res, status, headers)
  void transfer(res, { reader: NO_BODY, sendHeaders }).then((end) => events.end(end))
}
