import type { ByteWindow } from '../http/describe.js'
import type { RequestFields } from '../http/representation.js'
import { type RequestHeaders, readRequestFields } from '../http/request-fields.js'
import type { RequestConditions } from '../source/custom/source-contract.js'
import type { OpenRequest } from '../source/source.js'
import { isDisconnected, onDisconnect, type ResponseLike } from './response-like.js'

/** What is known of a response before a file is opened for it. */
export interface RequestContextSettings {
  readonly acceptRanges: boolean
  readonly stallTimeout?: number | undefined
  readonly status?: number | undefined
  readonly window?: ByteWindow | undefined
}

/** What a source of the application is told of a request. Its signal fires when the response is closed. */
export class RequestContext implements OpenRequest {
  readonly signal: AbortSignal
  readonly method: string
  readonly range: string | undefined
  readonly conditions: RequestConditions | undefined
  readonly stallTimeout: number | undefined
  readonly #stopListening: () => void

  constructor(request: RequestHeaders, res: ResponseLike, settings: RequestContextSettings) {
    const controller = new AbortController()
    const abort = () => controller.abort()
    const fields = readRequestFields(request)
    this.signal = controller.signal
    this.method = fields.method
    this.range = expectedRange(fields, res, settings)
    this.conditions = preconditionsApply(fields, res, settings) ? conditionsOf(fields) : undefined
    this.stallTimeout = settings.stallTimeout
    this.#stopListening = onDisconnect(res, abort)
    if (isDisconnected(res)) abort()
  }

  /** Ends it without the signal: the response is the next middleware's. */
  release(): void {
    this.#stopListening()
  }
}

/** As in `decide`. */
function preconditionsApply(
  { method }: RequestFields,
  res: ResponseLike,
  { status = res.statusCode }: RequestContextSettings,
): boolean {
  return status === 200 && (method === 'GET' || method === 'HEAD')
}

function expectedRange(
  fields: RequestFields,
  res: ResponseLike,
  settings: RequestContextSettings,
): string | undefined {
  const { window, acceptRanges } = settings
  const applies =
    acceptRanges && fields.method === 'GET' && preconditionsApply(fields, res, settings)
  const range = applies ? fields.range : undefined
  if (window === undefined || (window.start === 0 && window.end === undefined)) return range
  // A range of the window is not the same range of the file.
  return range === undefined ? `bytes=${window.start}-${window.end ?? ''}` : undefined
}

function conditionsOf(fields: RequestFields): RequestConditions | undefined {
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince, range } = fields
  const ifRange = range === undefined ? undefined : fields.ifRange
  const conditions = { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince, ifRange }
  return Object.values(conditions).some((field) => field !== undefined) ? conditions : undefined
}
