import { isResponse, type ResponseLike } from '../response/response-like.js'
import { describeValue } from './option-rules.js'

/**
 * @param caller the function that the error names
 * @throws TypeError where the first argument of a function is no response
 */
export function assertResponse(caller: string, value: unknown): asserts value is ResponseLike {
  if (isResponse(value)) return
  throw new TypeError(
    `${caller}: res must be the response to a request, not ${describeValue(value)}`,
  )
}
