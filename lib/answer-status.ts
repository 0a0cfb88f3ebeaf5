import type { ChunkReader } from './source/source.js'
import { sendBareHead } from './wire/head.js'
import type { Response } from './wire/response.js'
import { type TransferEnd, transfer } from './wire/transfer.js'

const NO_BODY: ChunkReader = {
  read: (_want, take) => take(null),
  recycle() {},
  close() {},
}

/** Responds with a status and header fields alone, and tells whether that reached the connection. */
export function answerStatus(
  res: Response,
  status: number,
  headers: Readonly<Record<string, string>>,
): Promise<TransferEnd> {
  return transfer(res, { reader: NO_BODY, commit: () => sendBareHead(res, status, headers) })
}
