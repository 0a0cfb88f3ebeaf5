import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'

/** A socket without a connection: what is written to it is dropped, or stays buffered. */
class DetachedSocket extends Socket {
  readonly #accepts: boolean

  constructor(accepts: boolean) {
    super()
    this.#accepts = accepts
  }

  override _write(_chunk: unknown, _encoding: string, callback: () => void): void {
    if (this.#accepts) callback()
  }

  override _writev(_chunks: unknown, callback: () => void): void {
    if (this.#accepts) callback()
  }

  override resetAndDestroy(): this {
    return this.destroy()
  }
}

/** A response to a GET, without a connection. `accepts` tells whether its socket accepts what is written. */
export function detachedResponse({ accepts = true } = {}): ServerResponse {
  const socket = new DetachedSocket(accepts)
  const req = new IncomingMessage(socket)
  Object.assign(req, {
    method: 'GET',
    httpVersion: '1.1',
    httpVersionMajor: 1,
    httpVersionMinor: 1,
  })
  const res = new ServerResponse(req)
  res.assignSocket(socket)
  return res
}
