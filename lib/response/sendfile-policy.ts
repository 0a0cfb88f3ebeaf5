import { ServerResponse } from 'node:http'
import { type Segment, segmentsLength } from '../http/byte-ranges.js'
import { isRecentlyModified } from '../http/validators.js'
import type { Sendfile } from '../source/disk/sendfile.js'
import type { OpenFile } from '../source/source.js'
import { hasNativeWrite, isNativeSocket } from './native-write.js'
import type { ResponseLike } from './response-like.js'

/** The system calls, if a part of a file can be sent with them: as it is, over HTTP/1 without TLS. */
export function sendfileFor(
  res: ResponseLike,
  file: OpenFile,
  segments: readonly Segment[],
  calls: Sendfile | false,
): Sendfile | undefined {
  if (calls === false || !isPlainHttp1(res)) return undefined
  const length = segmentsLength(segments)
  if (length < calls.minBytes || file.size === undefined) return undefined
  // The socket refers to the memory of the file, so a file that is being rewritten would change in transit.
  return isRecentlyModified(file, Date.now()) ? undefined : calls
}

function isPlainHttp1(res: ResponseLike): boolean {
  if (!(res instanceof ServerResponse) || !hasNativeWrite(res)) return false
  // With `strictContentLength`, Node counts what it writes itself.
  return isNativeSocket(res.req.socket) && !res.strictContentLength
}
