import { onAbort } from '../../abort-signal.js'
import { sourceError, sourceTimeout } from '../../errors.js'
import { DiskFile } from '../disk/disk-file.js'
import type { FileSource, OpenFile, OpenRequest, OpenResult } from '../source.js'
import { CustomFile, closeSourceFile } from './custom-file.js'
import { OpenFileView } from './open-file-view.js'
import type { Source, SourceFile } from './source-contract.js'

/** Without a request there is no signal to follow. */
type AnyRequest = Omit<OpenRequest, 'signal'> & Partial<Pick<OpenRequest, 'signal'>>

const ANY_REQUEST: AnyRequest = { method: 'GET' }

/** A file, and what was needed to open it. */
interface OpenedFile {
  readonly file: SourceFile
  /** Nothing is needed any more: the signal fires, and that of the request, which may live on, forgets it. */
  readonly end: () => void
}

/** The files of a source of the application. */
export class CustomSource implements FileSource {
  readonly isCustom = true
  readonly #source: Source

  constructor(source: Source) {
    this.#source = source
  }

  async open(name: string, request: AnyRequest = ANY_REQUEST): Promise<OpenResult> {
    // The root of a source is a directory, if it is anything.
    if (name === '') return { kind: 'missing' }
    let opened: OpenedFile | undefined
    try {
      opened = await openUnlessAborted(this.#source, name, request)
      return opened === undefined
        ? { kind: 'missing' }
        : { kind: 'file', file: openFileOf(opened, name, request) }
    } catch (error) {
      if (opened !== undefined) void closeSourceFile(opened.file).then(opened.end)
      return { kind: 'missing', error: sourceError(error) }
    }
  }
}

function openFileOf(
  { file, end }: OpenedFile,
  name: string,
  { stallTimeout }: AnyRequest,
): OpenFile {
  if (!(file instanceof OpenFileView)) return new CustomFile(name, file, stallTimeout, end)
  if (file.file instanceof DiskFile) file.file.onceClosed(end)
  return file.file
}

/**
 * Opens a file with a signal of its own, which fires with that of the request, when the source takes too long, and
 * when there is no file. Rejects as soon as it fires. A file that is opened after that is closed.
 */
function openUnlessAborted(
  source: Source,
  name: string,
  { stallTimeout, signal: requestSignal, ...context }: AnyRequest,
): Promise<OpenedFile | undefined> {
  return new Promise((resolve, reject) => {
    if (requestSignal?.aborted) return reject(requestSignal.reason)
    const controller = new AbortController()
    const { signal } = controller
    const abort = (reason: unknown) => {
      end(reason)
      reject(reason)
    }
    const stopListening = onAbort(requestSignal, () => abort(requestSignal?.reason))
    const end = (reason?: unknown) => {
      stopListening()
      controller.abort(reason)
    }
    const timer =
      stallTimeout === undefined
        ? undefined
        : setTimeout(() => abort(sourceTimeout()), stallTimeout)
    const open = async () => source.open(name, { ...context, signal })
    open()
      .then(
        (file) => {
          if (file && !signal.aborted) return resolve({ file, end })
          if (file) void closeSourceFile(file)
          resolve(undefined)
          end()
        },
        (error: unknown) => {
          reject(error)
          end()
        },
      )
      .finally(() => clearTimeout(timer))
  })
}
