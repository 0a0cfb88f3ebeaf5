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
    const cached = await this.#openCached(name, request, codings)
    if (cached !== undefined) return cached
    let best: OpenResult = { kind: 'missing' }
    for (const source of this.#sources) {
      const result = await source.open(name, request, codings)
      if (result.kind === 'file' || isFailure(result)) return result
      best = moreTelling(best, result)
    }
    return best
  }

  /**
   * A file that is cached costs its revalidation, and one `lstat` for each source before its own, all at the
   * same time. Without the latter, a file that appears in an earlier source would be passed over.
   */
  async #openCached(
    name: string,
    request: OpenRequest | undefined,
    codings: readonly ContentCoding[] | undefined,
  ): Promise<OpenResult | undefined> {
    const place = this.#sources.findIndex((source) => source.isCached?.(name))
    const source = this.#sources[place]
    const earlier = this.#sources.slice(0, Math.max(place, 0))
    if (source === undefined || earlier.length === 0) return undefined
    if (earlier.some((other) => other.isAbsent === undefined)) return undefined
    const [result, ...absent] = await Promise.all([
      source.open(name, request, codings),
      ...earlier.map((other) => other.isAbsent?.(name) ?? false),
    ])
    if (result.kind !== 'file') return undefined
    if (absent.every((isAbsent) => isAbsent)) return result
    result.file.close()
    return undefined
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
