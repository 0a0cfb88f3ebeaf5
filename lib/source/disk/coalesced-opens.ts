import type { OpenResult, Source } from '../source.js'
import type { DiskFile } from './disk-file.js'
import type { DiskSource } from './disk-source.js'

type OpenCallback = (result: OpenResult<DiskFile>) => void

/**
 * Concurrent requests for the same name share one `open` and one descriptor. The descriptor is closed
 * when the last of them has closed its file. The `open` starts after the turn of the event loop in which
 * they called, so no request gets a file that was opened before the request arrived.
 */
export class CoalescedOpens implements Source<DiskFile> {
  readonly #disk: DiskSource
  readonly #pending = new Map<string, OpenCallback[]>()

  constructor(disk: DiskSource) {
    this.#disk = disk
  }

  open(name: string): Promise<OpenResult<DiskFile>> {
    return new Promise((callback) => {
      const callbacks = this.#pending.get(name)
      if (callbacks !== undefined) callbacks.push(callback)
      else this.#schedule(name, callback)
    })
  }

  #schedule(name: string, callback: OpenCallback): void {
    const callbacks = [callback]
    this.#pending.set(name, callbacks)
    setImmediate(() => {
      this.#pending.delete(name)
      void this.#disk.open(name).then((result) => distribute(result, callbacks))
    })
  }
}

function distribute(
  result: OpenResult<DiskFile>,
  [first, ...others]: readonly OpenCallback[],
): void {
  for (const callback of others) {
    callback(result.kind === 'file' ? { kind: 'file', file: result.file.share() } : result)
  }
  first?.(result)
}
