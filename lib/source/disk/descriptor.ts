import { close } from 'node:fs'

/** A reference-counted file descriptor: closed when its last user has released it. */
export class Descriptor {
  readonly number: number
  #users = 1

  constructor(number: number) {
    this.number = number
  }

  /** Adds a user. Only a current user may call it. */
  retain(): this {
    this.#users++
    return this
  }

  release(): void {
    this.#users--
    if (this.#users === 0) close(this.number, () => {})
  }
}
