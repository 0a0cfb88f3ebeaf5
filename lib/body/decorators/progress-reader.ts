import type { ChunkReader, ReadCallback } from '../../source/source.js'
import { ReaderDecorator } from './reader-decorator.js'

/** How far a transfer is. */
export interface Progress {
  /** Bytes of the body handed to the connection so far. */
  readonly bytesSent: number
  /** Bytes of the whole body, where they are known. */
  readonly total?: number | undefined
}

/** Is told how far a transfer is. */
export type OnProgress = (progress: Progress) => unknown

const REPORT_EVERY_MS = 100

/** Reports how far a transfer is: at most ten times a second, and once at its end. */
export class ProgressReporter {
  readonly #onProgress: OnProgress
  readonly #total: number | undefined
  #lastReport = performance.now()
  #broken = false

  constructor(onProgress: OnProgress, total: number | undefined) {
    this.#onProgress = onProgress
    this.#total = total
  }

  sent(bytesSent: number): void {
    const now = performance.now()
    if (now - this.#lastReport < REPORT_EVERY_MS) return
    this.#lastReport = now
    this.#report(bytesSent)
  }

  ended(bytesSent: number): void {
    this.#report(bytesSent)
  }

  /** A progress bar that fails must not cost the download, but it must be seen. */
  #report(bytesSent: number): void {
    if (this.#broken) return
    const progress = this.#total === undefined ? { bytesSent } : { bytesSent, total: this.#total }
    const failed = (error: unknown) => {
      if (!this.#broken) process.emitWarning(`onProgress failed: ${String(error)}`)
      this.#broken = true
    }
    try {
      Promise.resolve(this.#onProgress(progress)).catch(failed)
    } catch (error) {
      failed(error)
    }
  }
}

/** Counts what goes through for a report. */
export class ProgressReader extends ReaderDecorator {
  readonly #report: ProgressReporter
  #bytes = 0

  constructor(inner: ChunkReader, report: ProgressReporter) {
    super(inner)
    this.#report = report
  }

  /** When more is asked for, what was read before has been sent. */
  read(sizeHint: number, callback: ReadCallback): void {
    if (this.#bytes > 0) this.#report.sent(this.#bytes)
    this.inner.read(sizeHint, (error, buffer, last) => {
      this.#bytes += buffer?.length ?? 0
      callback(error, buffer, last)
    })
  }
}
