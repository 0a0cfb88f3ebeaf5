import { Socket } from 'node:net'

const sentBytes = new WeakMap<Socket, { count: number }>()

/** Adds bytes that were sent without Node to `socket.bytesWritten`, which access logs read. */
export function countSentBytes(socket: Socket, bytes: number): void {
  const known = sentBytes.get(socket)
  if (known !== undefined) {
    known.count += bytes
    return
  }
  const sent = { count: bytes }
  sentBytes.set(socket, sent)
  const get = () => Reflect.get(Socket.prototype, 'bytesWritten', socket) + sent.count
  Object.defineProperty(socket, 'bytesWritten', { get, configurable: true })
}
