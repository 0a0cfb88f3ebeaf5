import { toHttpError } from '../errors.js'
import type { ChunkReader } from '../source/source.js'
import { withHeaderRollback } from './header-rollback.js'
import type { NextCall } from './next-call.js'
import type { ResponseEvents } from './response-events.js'
import { type HeaderList, sendEmptyHeaders } from './response-headers.js'
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
): Promise<NextCall | undefined> {
  return respondWithStatus(res, 301, [['Location', location]], events)
}

/** Responds with a status and headers, without a body. Returns the call of `next` if they cannot be sent. */
export async function respondWithStatus(
  res: ResponseLike,
  status: number,
  headers: HeaderList,
  events: ResponseEvents | undefined,
): Promise<NextCall | undefined> {
  events?.start()
  const sendHeaders = () => sendEmptyHeaders(res, status, headers)
  const attempt = () => transfer(res, { reader: NO_BODY, sendHeaders })
  const end = await withHeaderRollback(res, attempt, NO_BODY)
  events?.end(end)
  return end.error === undefined ? undefined : { error: toHttpError(end.error) }
}
