/** Reads the responses on one connection as their bytes come. */
export class ResponseReader {
  #rest = Buffer.alloc(0)
  #head
  #parts = []
  /** Bytes of the body or of its chunk still to come; `undefined` at the head of either. */
  #left

  push(part) {
    this.#rest = this.#rest.length === 0 ? part : Buffer.concat([this.#rest, part])
  }

  /** The next response once it is there to its end. `closed`: no more comes, and not for a reset. */
  next(method, closed) {
    this.#head ??= this.#readHead()
    if (this.#head === undefined) return undefined
    const { status, headers } = this.#head
    if (method === 'HEAD' || status === 304) return this.#whole()
    if (headers['transfer-encoding'] === 'chunked') return this.#chunked()
    this.#left ??= Number(headers['content-length'] ?? Number.POSITIVE_INFINITY)
    this.#take()
    const endsHere = this.#left === Number.POSITIVE_INFINITY ? closed : this.#left === 0
    return endsHere ? this.#whole() : undefined
  }

  #readHead() {
    const end = this.#rest.indexOf('\r\n\r\n')
    if (end === -1) return undefined
    const [statusLine, ...lines] = this.#rest.toString('latin1', 0, end).split('\r\n')
    this.#rest = this.#rest.subarray(end + 4)
    const fields = lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    })
    return { status: Number(statusLine.slice(9, 12)), headers: Object.fromEntries(fields) }
  }

  #chunked() {
    while (true) {
      if (this.#left === undefined) {
        const line = this.#rest.indexOf('\r\n')
        if (line === -1) return undefined
        const size = Number.parseInt(this.#rest.toString('latin1', 0, line), 16)
        if (size === 0 && this.#rest.length < line + 4) return undefined
        this.#rest = this.#rest.subarray(line + 2 + (size === 0 ? 2 : 0))
        if (size === 0) return this.#whole()
        this.#left = size
      }
      this.#take()
      if (this.#left > 0 || this.#rest.length < 2) return undefined
      this.#rest = this.#rest.subarray(2)
      this.#left = undefined
    }
  }

  #take() {
    const part = this.#rest.subarray(0, Math.min(this.#left, this.#rest.length))
    if (part.length > 0) this.#parts.push(part)
    this.#left -= part.length
    this.#rest = this.#rest.subarray(part.length)
  }

  #whole() {
    const response = { ...this.#head, body: Buffer.concat(this.#parts) }
    this.#head = undefined
    this.#left = undefined
    this.#parts = []
    return response
  }
}
