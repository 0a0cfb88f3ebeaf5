import { onAbort } from '../../abort-signal.js'
import { sourceError, sourceTimeout } from '../../errors.js'
import type { FileSource, OpenFile, OpenRequest, OpenResult } from '../source.js'
import { CustomFile, closeSourceFile } from './custom-file.js'
import { OpenFileView } from './open-file-view.js'
import type { Source, SourceFile } from './source-contract.js'

const ANY_REQUEST: OpenRequest = { signal: new AbortController().signal, method: 'GET' }

/** The files of a source of the application. */
export class CustomSource implements FileSource {
  readonly isCustom = true
  readonly #source: Source

  constructor(source: Source) {
    this.#source = source
  }

  async open(name: string, request: OpenRequest = ANY_REQUEST): Promise<OpenResult> {
    // The root of a source is a directory, if it is anything.
    if (name === '') return { kind: 'missing' }
    let opened: SourceFile | undefined
    try {
      opened = await openUnlessAborted(this.#source, name, request)
      return opened === undefined
        ? { kind: 'missing' }
        : { kind: 'file', file: openFileOf(opened, name, request) }
    } catch (error) {
      if (opened !== undefined) void closeSourceFile(opened)
      return { kind: 'missing', error: sourceError(error) }
    }
  }
}

function openFileOf(file: SourceFile, name: string, { stallTimeout }: OpenRequest): OpenFile {
  return file instanceof OpenFileView ? file.file : new CustomFile(name, file, stallTimeout)
}

/**
 * Opens a file with a signal of its own, which fires with that of the request, and when the source takes too
 * long. Rejects as soon as it fires. A file that is opened after that is closed.
 */
function openUnlessAborted(
  source: Source,
  name: string,
  { stallTimeout, signal: requestSignal, ...context }: OpenRequest,
): Promise<SourceFile | undefined> {
  return new Promise((resolve, reject) => {
    const controller = new AbortController()
    const { signal } = controller
    const abort = (reason: unknown) => {
      controller.abort(reason)
      reject(reason)
    }
    if (requestSignal.aborted) return abort(requestSignal.reason)
    onAbort(requestSignal, () => abort(requestSignal.reason))
    const timer =
      stallTimeout === undefined
        ? undefined
        : setTimeout(() => abort(sourceTimeout()), stallTimeout)
    const open = async () => source.open(name, { ...context, signal })
    open()
      .then((file) => {
        if (signal.aborted && file) void closeSourceFile(file)
        else resolve(file ?? undefined)
      }, reject)
      .finally(() => clearTimeout(timer))
  })
}
