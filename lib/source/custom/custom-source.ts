import { onAbort } from '../../abort-signal.js'
import { sourceError } from '../../errors.js'
import type { FileSource, OpenFile, OpenResult } from '../source.js'
import { CustomFile, closeSourceFile } from './custom-file.js'
import { OpenFileView } from './open-file-view.js'
import type { OpenContext, Source, SourceFile } from './source-contract.js'

const ANY_REQUEST: OpenContext = { signal: new AbortController().signal, method: 'GET' }

/** The files of a source of the application. */
export class CustomSource implements FileSource {
  readonly isCustom = true
  readonly #source: Source

  constructor(source: Source) {
    this.#source = source
  }

  async open(name: string, context: OpenContext = ANY_REQUEST): Promise<OpenResult> {
    // The root of a source is a directory, if it is anything.
    if (name === '') return { kind: 'missing' }
    let opened: SourceFile | undefined
    try {
      opened = await openUnlessAborted(this.#source, name, context)
      return opened === undefined
        ? { kind: 'missing' }
        : { kind: 'file', file: openFileOf(opened, name) }
    } catch (error) {
      if (opened !== undefined) void closeSourceFile(opened)
      return { kind: 'missing', error: sourceError(error) }
    }
  }
}

function openFileOf(file: SourceFile, name: string): OpenFile {
  return file instanceof OpenFileView ? file.file : new CustomFile(name, file)
}

/** Rejects as soon as the signal fires. A file that is opened after that is closed. */
function openUnlessAborted(
  source: Source,
  name: string,
  context: OpenContext,
): Promise<SourceFile | undefined> {
  const { signal } = context
  return new Promise((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason)
    const stopListening = onAbort(signal, () => reject(signal.reason))
    const open = async () => source.open(name, context)
    open()
      .then((file) => {
        if (signal.aborted && file) void closeSourceFile(file)
        else resolve(file ?? undefined)
      }, reject)
      .finally(stopListening)
  })
}
