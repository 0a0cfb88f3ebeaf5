import { close } from 'node:fs'

/** A file's descriptor that several may use: closed when the last of them has let go of it. */
export class Descriptor {
  readonly number: number
  #users = 1

  constructor(number: number) {
    this.number = number
  }

  /** Makes one more user of it. Only who uses it itself may do so. */
  retain(): this {
    this.#users++
    return this
  }

  release(): void {
    this.#users--
    if (this.#users === 0) close(this.number, () => {})
  }
}
