import { close } from 'node:fs'

/** A file's descriptor that several may use: closed when the last of them has let go of it. */
export class Descriptor {
  readonly number: number
  #users = 1
  #whenClosed: () => void = () => {}

  constructor(number: number) {
    this.number = number
  }

  /** Makes one more user of it, if there still is one. */
  retain(): boolean {
    if (this.#users === 0) return false
    this.#users++
    return true
  }

  release(): void {
    this.#users--
    if (this.#users > 0) return
    close(this.number, () => {})
    this.#whenClosed()
  }

  /** Has `callback` called when it is closed; the last one given counts. */
  whenClosed(callback: () => void): void {
    this.#whenClosed = callback
  }
}
