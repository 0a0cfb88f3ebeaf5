import type { Disk } from './disk.js'
import type { DiskFile } from './disk-file.js'
import type { Found, Source } from './source.js'

type Take = (found: Found<DiskFile>) => void

/**
 * Who asks for the same name in the same turn of the event loop shares one opening, and one
 * descriptor, which is closed when the last of them is done. It begins when all of them have asked,
 * so that nobody is given what was there before it asked.
 */
export class SharedFiles implements Source<DiskFile> {
  readonly #disk: Disk
  readonly #asked = new Map<string, Take[]>()

  constructor(disk: Disk) {
    this.#disk = disk
  }

  open(name: string): Promise<Found<DiskFile>> {
    return new Promise((take) => {
      const others = this.#asked.get(name)
      if (others !== undefined) others.push(take)
      else this.#ask(name, take)
    })
  }

  #ask(name: string, take: Take): void {
    const all = [take]
    this.#asked.set(name, all)
    setImmediate(() => {
      this.#asked.delete(name)
      void this.#disk.open(name).then((found) => share(found, all))
    })
  }
}

function share(found: Found<DiskFile>, [first, ...others]: readonly Take[]): void {
  for (const take of others) {
    take(found.kind === 'file' ? { kind: 'file', file: found.file.share() } : found)
  }
  first?.(found)
}
