import { once } from 'node:events'
import { connect, createServer, Socket } from 'node:net'
import { countSentBytes } from '../../lib/response/bytes-written.js'

test('bytes that were sent without Node are added to those of Node', async () => {
  const server = createServer((other) => other.resume()).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const socket = connect((server.address() as { port: number }).port, '127.0.0.1')
  await once(socket, 'connect')
  await new Promise<unknown>((resolve) => socket.write('12345', resolve))
  countSentBytes(socket, 100)
  expect(socket.bytesWritten).toBe(105)
  await new Promise<unknown>((resolve) => socket.write('67', resolve))
  countSentBytes(socket, 1000)
  expect(socket.bytesWritten).toBe(1107)
  socket.destroy()
  server.close()
})

test('each socket has its own count', () => {
  const [one, other, third] = [new Socket(), new Socket(), new Socket()]
  countSentBytes(one, 1)
  countSentBytes(other, 2)
  expect([one, other, third].map(({ bytesWritten }) => bytesWritten ?? 0)).toEqual([1, 2, 0])
})
