import { type ContentCoding, originalName, siblingName } from '../http/content-coding.js'
import { isExcluded } from '../path/exclude.js'
import type { FileSource, OpenRequest, OpenResult } from './source.js'

const MISSING: Promise<OpenResult> = Promise.resolve({ kind: 'missing' })

/**
 * A source without the names that match a pattern, and without the compressed siblings of these names, which
 * have the same content. They are not looked up.
 */
export class ExcludingSource implements FileSource {
  readonly isCustom: boolean
  readonly #files: FileSource
  readonly #patterns: readonly RegExp[]

  constructor(files: FileSource, patterns: readonly RegExp[]) {
    this.isCustom = files.isCustom ?? false
    this.#files = files
    this.#patterns = patterns
  }

  open(
    name: string,
    request?: OpenRequest,
    codings?: readonly ContentCoding[],
  ): Promise<OpenResult> {
    const original = originalName(name)
    if (original !== undefined && isExcluded(original, this.#patterns)) return MISSING
    if (isExcluded(name, this.#patterns)) return MISSING
    const allowed = codings?.filter(
      (coding) => !isExcluded(siblingName(name, coding), this.#patterns),
    )
    return this.#files.open(name, request, allowed)
  }
}
