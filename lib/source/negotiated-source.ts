import {
  type ContentCoding,
  isUsableSibling,
  originalName,
  siblingName,
} from '../http/content-coding.js'
import { NegotiatedFile } from './negotiated-file.js'
import type { FileSource, OpenFile, OpenRequest, OpenResult } from './source.js'

interface Sibling {
  readonly coding: ContentCoding
  readonly file: OpenFile
}

/** Where siblings are opened: a source that may know that most of them are missing. */
interface SiblingSource extends FileSource {
  wasMissing?(name: string): boolean
}

/**
 * Opens files, or the compressed siblings of them that a request prefers. A sibling without an original does
 * not count, and neither does one that cannot be opened. By its own name a sibling is an ordinary file,
 * without siblings of its own.
 */
export class NegotiatedSource implements FileSource {
  readonly isCustom: boolean
  readonly #files: FileSource
  readonly #siblings: SiblingSource

  constructor(files: FileSource, siblings: SiblingSource = files) {
    this.isCustom = files.isCustom === true
    this.#files = files
    this.#siblings = siblings
  }

  isCached(name: string): boolean {
    return this.#files.isCached?.(name) === true
  }

  async isAbsent(name: string): Promise<boolean> {
    return (await this.#files.isAbsent?.(name)) === true
  }

  async open(
    name: string,
    request?: OpenRequest,
    codings: readonly ContentCoding[] = [],
  ): Promise<OpenResult> {
    if (originalName(name) !== undefined) return this.#files.open(name, request)
    // The entity tags of the responses are not those of the files.
    const unconditional = request && { ...request, conditions: undefined }
    const likely = this.#countLikely(name, codings)
    const [result, ...siblings] = await Promise.all([
      this.#files.open(name, unconditional),
      ...this.#openSiblings(name, codings.slice(0, likely), unconditional),
    ])
    if (result.kind !== 'file') {
      closeAll(siblings)
      return result
    }
    const original = result.file
    const selected =
      select(siblings, original) ??
      select(
        await Promise.all(this.#openSiblings(name, codings.slice(likely), unconditional)),
        original,
      )
    const file = new NegotiatedFile(original, selected?.file ?? original, selected?.coding)
    return { kind: 'file', file }
  }

  /**
   * How many siblings are opened together with the original: up to the first that was not missing the last time.
   * The others are opened only if that one cannot be used.
   */
  #countLikely(name: string, codings: readonly ContentCoding[]): number {
    const first = codings.findIndex(
      (coding) => !this.#siblings.wasMissing?.(siblingName(name, coding)),
    )
    return first === -1 ? codings.length : first + 1
  }

  #openSiblings(
    name: string,
    codings: readonly ContentCoding[],
    request: OpenRequest | undefined,
  ): Promise<Sibling | undefined>[] {
    return codings.map(async (coding) => {
      const result = await this.#siblings.open(siblingName(name, coding), request)
      return result.kind === 'file' ? { coding, file: result.file } : undefined
    })
  }
}

/** The first sibling that can be used. The others are closed. */
function select(
  siblings: readonly (Sibling | undefined)[],
  original: OpenFile,
): Sibling | undefined {
  const selected = siblings.find((sibling) => sibling && isUsableSibling(sibling.file, original))
  closeAll(siblings.filter((sibling) => sibling !== selected))
  return selected
}

function closeAll(siblings: readonly (Sibling | undefined)[]): void {
  for (const sibling of siblings) sibling?.file.close()
}
