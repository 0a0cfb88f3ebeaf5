import {
  type ContentCoding,
  isSiblingName,
  isUsableSibling,
  siblingName,
} from '../http/content-coding.js'
import { NegotiatedFile } from './negotiated-file.js'
import type { FileSource, OpenFile, OpenRequest, OpenResult } from './source.js'

interface Sibling {
  readonly coding: ContentCoding
  readonly file: OpenFile
}

/**
 * Opens files, or the compressed siblings of them that a request prefers. A sibling without an original does
 * not count, and neither does one that cannot be opened. By its own name a sibling is an ordinary file.
 */
export class NegotiatedSource implements FileSource {
  readonly isCustom: boolean
  readonly #files: FileSource

  constructor(files: FileSource) {
    this.isCustom = files.isCustom === true
    this.#files = files
  }

  isCached(name: string): boolean {
    return this.#files.isCached?.(name) === true
  }

  async isAbsent(name: string): Promise<boolean> {
    return (await this.#files.isAbsent?.(name)) === true
  }

  /** The preferred sibling is opened together with the original; the others only if it cannot be used. */
  async open(
    name: string,
    request?: OpenRequest,
    codings: readonly ContentCoding[] = [],
  ): Promise<OpenResult> {
    if (isSiblingName(name)) return this.#files.open(name, request)
    // The entity tags of the responses are not those of the files.
    const open = (one: string) =>
      this.#files.open(one, request && { ...request, conditions: undefined })
    const [result, preferred] = await Promise.all([
      open(name),
      openSiblings(open, name, codings.slice(0, 1)),
    ])
    if (result.kind !== 'file') {
      closeAll(preferred)
      return result
    }
    const original = result.file
    const selected =
      select(preferred, original) ??
      select(await openSiblings(open, name, codings.slice(1)), original)
    const file = new NegotiatedFile(original, selected?.file ?? original, selected?.coding)
    return { kind: 'file', file }
  }
}

async function openSiblings(
  open: (name: string) => Promise<OpenResult>,
  name: string,
  codings: readonly ContentCoding[],
): Promise<readonly Sibling[]> {
  const siblings: Sibling[] = []
  const results = await Promise.all(codings.map((coding) => open(siblingName(name, coding))))
  for (const [place, coding] of codings.entries()) {
    const result = results[place]
    if (result?.kind === 'file') siblings.push({ coding, file: result.file })
  }
  return siblings
}

/** The first sibling that can be used. The others are closed. */
function select(siblings: readonly Sibling[], original: OpenFile): Sibling | undefined {
  const selected = siblings.find(({ file }) => isUsableSibling(file, original))
  closeAll(siblings.filter((sibling) => sibling !== selected))
  return selected
}

function closeAll(siblings: readonly Sibling[]): void {
  for (const { file } of siblings) file.close()
}
