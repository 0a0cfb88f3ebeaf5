import {
  type ContentCoding,
  isUsableSibling,
  originalName,
  siblingName,
} from '../http/content-coding.js'
import { NegotiatedFile } from './negotiated-file.js'
import type { FileSource, OpenFile, OpenRequest, OpenResult } from './source.js'

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
    const [first, rest] = [codings.slice(0, likely), codings.slice(likely)]
    const [result, ...siblings] = await Promise.all([
      this.#files.open(name, unconditional),
      ...this.#openSiblings(name, first, unconditional),
    ])
    if (result.kind !== 'file') {
      for (const sibling of siblings) closeFile(sibling)
      return result
    }
    const { file } = result
    const selected =
      select(first, siblings, file) ??
      select(rest, await Promise.all(this.#openSiblings(name, rest, unconditional)), file) ??
      new NegotiatedFile(file, file, undefined)
    return { kind: 'file', file: selected }
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
  ): Promise<OpenResult>[] {
    return codings.map((coding) => this.#siblings.open(siblingName(name, coding), request))
  }
}

/** The first sibling that can be used, in the coding at the same place. The others are closed. */
function select(
  codings: readonly ContentCoding[],
  siblings: readonly OpenResult[],
  original: OpenFile,
): NegotiatedFile | undefined {
  let selected: NegotiatedFile | undefined
  for (const [place, sibling] of siblings.entries()) {
    if (sibling.kind !== 'file') continue
    if (selected === undefined && isUsableSibling(sibling.file, original)) {
      selected = new NegotiatedFile(original, sibling.file, codings[place])
    } else sibling.file.close()
  }
  return selected
}

function closeFile(result: OpenResult): void {
  if (result.kind === 'file') result.file.close()
}
