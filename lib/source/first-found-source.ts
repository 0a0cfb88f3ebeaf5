import { statusOf } from '../errors.js'
import type { ContentCoding } from '../http/content-coding.js'
import type { FileSource, OpenRequest, OpenResult } from './source.js'

/**
 * Several sources as if their directories were merged: a name is opened in the first source that has a file
 * there. A source that refuses a name lets the next one be asked; one that fails ends the search.
 */
export class FirstFoundSource implements FileSource {
  readonly isCustom: boolean
  readonly #sources: readonly FileSource[]

  constructor(sources: readonly FileSource[]) {
    this.isCustom = sources.some((source) => source.isCustom)
    this.#sources = sources
  }

  async open(
    name: string,
    request?: OpenRequest,
    codings?: readonly ContentCoding[],
  ): Promise<OpenResult> {
    let best: OpenResult = { kind: 'missing' }
    for (const source of this.#sources) {
      const result = await source.open(name, request, codings)
      if (result.kind === 'file' || isFailure(result)) return result
      best = moreTelling(best, result)
    }
    return best
  }
}

function isFailure(result: OpenResult): boolean {
  return result.kind === 'missing' && result.error !== undefined && statusOf(result.error) >= 500
}

/** A directory tells more than a refusal, and a refusal more than that nothing is there. */
function moreTelling(earlier: OpenResult, later: OpenResult): OpenResult {
  return rank(later) > rank(earlier) ? later : earlier
}

function rank(result: OpenResult): number {
  if (result.kind !== 'missing') return 3
  if (result.error === undefined) return 0
  return statusOf(result.error) === 404 ? 1 : 2
}
