// A graceful shutdown: each response reaches its client, and then the process ends.
import { Server as NetServer } from 'node:net'

/**
 * Prepares the shutdown of a server that has just been created.
 *
 * `close()` of an HTTP server destroys each connection whose response was ended with `end()`, although a slow client
 * has not received all of it. A connection that is kept alive takes new requests until its client closes it.
 *
 * @param {import('node:http').Server} server
 * @returns {() => void} a function that stops listening, and ends each connection after its last response
 */
export function gracefulShutdown(server) {
  /** @type {Map<import('node:net').Socket, number>} The number of responses of each connection that have not ended. */
  const pending = new Map()
  let isClosing = false

  /** @param {import('node:net').Socket} socket @param {1 | 0 | -1} change */
  function count(socket, change) {
    if (socket.destroyed) return
    const responses = (pending.get(socket) ?? 0) + change
    pending.set(socket, responses)
    if (isClosing && responses === 0) socket.destroySoon()
  }

  server.on('connection', (socket) => {
    count(socket, 0)
    socket.once('close', () => pending.delete(socket))
  })
  server.prependListener('request', ({ socket }, res) => {
    count(socket, 1)
    res.once('close', () => count(socket, -1))
  })
  return () => {
    isClosing = true
    NetServer.prototype.close.call(server)
    for (const [socket, responses] of pending) if (responses === 0) socket.destroySoon()
  }
}
