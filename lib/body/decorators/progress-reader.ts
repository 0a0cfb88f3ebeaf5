import { errorText } from '../../errors.js'
import type { ChunkReader, ReadCallback } from '../../source/source.js'
import { ReaderDecorator } from './reader-decorator.js'

/** The progress of a transfer. */
export interface Progress {
  /** Bytes of the body written to the connection so far. */
  readonly bytesSent: number
  /** Bytes of the whole body, if its size is known. */
  readonly total?: number | undefined
}

/** A callback for the progress of a transfer. */
export type OnProgress = (progress: Progress) => unknown

const REPORT_INTERVAL_MS = 100

/** Reports the progress of a transfer, at most ten times a second and once at its end. */
export class ProgressReporter {
  readonly #onProgress: OnProgress
  readonly #total: number | undefined
  #reportedAt = performance.now()
  #callbackFailed = false

  constructor(onProgress: OnProgress, total: number | undefined) {
    this.#onProgress = onProgress
    this.#total = total
  }

  sent(bytesSent: number): void {
    const now = performance.now()
    if (now - this.#reportedAt < REPORT_INTERVAL_MS) return
    this.#reportedAt = now
    this.#report(bytesSent)
  }

  ended(bytesSent: number): void {
    this.#report(bytesSent)
  }

  /** A failing callback must not abort the download. The first failure is emitted as a process warning. */
  #report(bytesSent: number): void {
    if (this.#callbackFailed) return
    const progress = this.#total === undefined ? { bytesSent } : { bytesSent, total: this.#total }
    const handleFailure = (error: unknown) => {
      if (!this.#callbackFailed) process.emitWarning(`onProgress failed: ${errorText(error)}`)
      this.#callbackFailed = true
    }
    try {
      Promise.resolve(this.#onProgress(progress)).catch(handleFailure)
    } catch (error) {
      handleFailure(error)
    }
  }
}

/** Counts the bytes that are read, for a {@link ProgressReporter}. */
export class ProgressReader extends ReaderDecorator {
  readonly #reporter: ProgressReporter
  #bytes = 0

  constructor(inner: ChunkReader, reporter: ProgressReporter) {
    super(inner)
    this.#reporter = reporter
  }

  /** When the next read begins, all that was read before has been written. */
  read(sizeHint: number, callback: ReadCallback): void {
    if (this.#bytes > 0) this.#reporter.sent(this.#bytes)
    this.inner.read(sizeHint, (error, buffer, last) => {
      this.#bytes += buffer?.length ?? 0
      callback(error, buffer, last)
    })
  }
}
