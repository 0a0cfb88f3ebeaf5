import type { Disk } from './disk.js'
import type { DiskFile } from './disk-file.js'
import type { Found, Source } from './source.js'
import type { Standing } from './standing.js'

/**
 * Who asks for a file that is being sent to others reads from the same descriptor, if the file at the
 * name is still that one: one look in place of an opening, and a thousand readers hold one
 * descriptor. It is closed when the last of them is done.
 */
export class SharedFiles implements Source<DiskFile> {
  readonly #disk: Disk
  readonly #standing: Standing
  readonly #open = new Map<string, DiskFile>()

  constructor(disk: Disk, standing: Standing) {
    this.#disk = disk
    this.#standing = standing
  }

  async open(name: string): Promise<Found<DiskFile>> {
    // Taken hold of first: it must not be closed while it is looked at.
    const shared = this.#open.get(name)?.share()
    if (shared !== undefined) {
      if (await this.#standing.stands(name, shared)) return { kind: 'file', file: shared }
      shared.close()
    }
    const found = await this.#disk.open(name)
    if (found.kind === 'file' && found.file.size !== undefined) this.#share(name, found.file)
    return found
  }

  #share(name: string, file: DiskFile): void {
    this.#open.set(name, file)
    file.whenClosed(() => {
      if (this.#open.get(name) === file) this.#open.delete(name)
    })
  }
}
