import type { ServerResponse } from 'node:http'

/** Keeps what is written to a response until it is released, as a throttle does. */
export class HeldBack {
  readonly #res: ServerResponse
  readonly #write: ServerResponse['write']
  readonly #writes: unknown[][] = []

  /** @param passing how many writes are let through before */
  constructor(res: ServerResponse, passing = 0) {
    this.#res = res
    this.#write = res.write
    let before = passing
    res.write = (...written: unknown[]) => {
      if (before-- > 0) return Reflect.apply(this.#write, res, written)
      this.#writes.push(written)
      return false
    }
  }

  get holds(): boolean {
    return this.#writes.length > 0
  }

  release(): void {
    this.#res.write = this.#write
    for (const written of this.#writes) Reflect.apply(this.#write, this.#res, written)
    this.#res.emit('drain')
  }
}
