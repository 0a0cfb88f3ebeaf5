import type { FileSource, OpenResult } from '../source.js'
import type { DiskFile } from './disk-file.js'
import type { DiskSource } from './disk-source.js'

type OpenCallback = (result: OpenResult<DiskFile>) => void

/**
 * Coalesces calls for the same name in the same turn of the event loop: they share one `open` and one
 * descriptor, which is closed when the last of them closes its file. The `open` begins after the last
 * call, so no caller gets a file that was there before its call.
 */
export class CoalescedOpens implements FileSource<DiskFile> {
  readonly #disk: DiskSource
  readonly #pending = new Map<string, OpenCallback[]>()

  constructor(disk: DiskSource) {
    this.#disk = disk
  }

  open(name: string): Promise<OpenResult<DiskFile>> {
    return new Promise((callback) => {
      const others = this.#pending.get(name)
      if (others !== undefined) others.push(callback)
      else this.#begin(name, callback)
    })
  }

  #begin(name: string, callback: OpenCallback): void {
    const all = [callback]
    this.#pending.set(name, all)
    setImmediate(() => {
      this.#pending.delete(name)
      void this.#disk.open(name).then((result) => distribute(result, all))
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
