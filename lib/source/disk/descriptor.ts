import { close } from 'node:fs'

/** A reference-counted file descriptor, closed when the last reference is released. */
export class Descriptor {
  readonly number: number
  #references = 1

  constructor(number: number) {
    this.number = number
  }

  /** Adds a reference. The caller must hold one itself. */
  retain(): this {
    this.#references++
    return this
  }

  release(): void {
    this.#references--
    if (this.#references === 0) close(this.number, () => {})
  }
}
