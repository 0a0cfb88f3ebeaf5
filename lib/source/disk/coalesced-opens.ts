import type { OpenResult, Source } from '../source.js'
import type { DiskFile } from './disk-file.js'
import type { DiskSource } from './disk-source.js'

type OpenCallback = (found: OpenResult<DiskFile>) => void

/**
 * Who asks for the same name in the same turn of the event loop shares one opening, and one
 * descriptor, which is closed when the last of them is done. It begins when all of them have asked,
 * so that nobody is given what was there before it asked.
 */
export class CoalescedOpens implements Source<DiskFile> {
  readonly #disk: DiskSource
  readonly #asked = new Map<string, OpenCallback[]>()

  constructor(disk: DiskSource) {
    this.#disk = disk
  }

  open(name: string): Promise<OpenResult<DiskFile>> {
    return new Promise((callback) => {
      const others = this.#asked.get(name)
      if (others !== undefined) others.push(callback)
      else this.#ask(name, callback)
    })
  }

  #ask(name: string, callback: OpenCallback): void {
    const all = [callback]
    this.#asked.set(name, all)
    setImmediate(() => {
      this.#asked.delete(name)
      void this.#disk.open(name).then((found) => distribute(found, all))
    })
  }
}

function distribute(
  found: OpenResult<DiskFile>,
  [first, ...others]: readonly OpenCallback[],
): void {
  for (const callback of others) {
    callback(found.kind === 'file' ? { kind: 'file', file: found.file.share() } : found)
  }
  first?.(found)
}
