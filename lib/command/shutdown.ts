import type { Server } from 'node:http'
import { Server as NetServer, type Socket } from 'node:net'

/**
 * Closes a server once its responses have ended.
 *
 * `close()` of an HTTP server destroys each connection whose response was ended with `end()`, although a
 * slow client has not received all of it.
 */
export class GracefulShutdown {
  readonly #server: Server
  /** The number of responses of each connection that have not ended. */
  readonly #pending = new Map<Socket, number>()
  #closing = false

  /** @param server one that does not listen yet */
  constructor(server: Server) {
    this.#server = server
    server.on('connection', (socket) => {
      this.#count(socket, 0)
      socket.once('close', () => this.#pending.delete(socket))
    })
    server.prependListener('request', ({ socket }, res) => {
      this.#count(socket, 1)
      res.once('close', () => this.#count(socket, -1))
    })
  }

  /** The number of responses that have not ended. */
  get pending(): number {
    return [...this.#pending.values()].reduce((sum, count) => sum + count, 0)
  }

  /** Stops listening, and ends each connection without a pending response. Resolves when none is left. */
  close(): Promise<void> {
    this.#closing = true
    const closed = new Promise<void>((resolve) =>
      NetServer.prototype.close.call(this.#server, () => resolve()),
    )
    for (const [socket, count] of this.#pending) if (count === 0) socket.destroySoon()
    return closed
  }

  #count(socket: Socket, change: 1 | 0 | -1): void {
    if (socket.destroyed) return
    const count = (this.#pending.get(socket) ?? 0) + change
    this.#pending.set(socket, count)
    if (this.#closing && count === 0) socket.destroySoon()
  }
}
