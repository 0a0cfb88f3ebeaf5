import type { ResponseEvents } from './response-events.js'
import type { ChunkReader } from './source/source.js'
import { type BareHeaders, sendBareHead, sendBareStatus } from './wire/head.js'
import type { Response } from './wire/response.js'
import { transfer } from './wire/transfer.js'

const NO_BODY: ChunkReader = {
  read: (_want, take) => take(null),
  recycle() {},
  close() {},
}

/** Responds with a status and header fields alone. Nobody waits for its end, unless it is to be told. */
export function answerStatus(
  res: Response,
  status: number,
  headers: BareHeaders,
  events: ResponseEvents | undefined,
): undefined {
  if (events === undefined) return sendBareStatus(res, status, headers)
  events.start()
  const commit = () => sendBareHead(res, status, headers)
  void transfer(res, { reader: NO_BODY, commit }).then((end) => events.end(end))
}
