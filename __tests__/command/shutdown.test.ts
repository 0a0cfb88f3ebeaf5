import { once } from 'node:events'
import { createServer, type RequestListener, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { GracefulShutdown } from '../../lib/command/shutdown.js'
import { ask, firstBytes, restOf } from '../support/clients.js'
import { eventually } from '../support/eventually.js'
import { parseResponses } from '../support/raw-http.js'

async function started(listener: RequestListener) {
  const server = createServer({ keepAliveTimeout: 0 }, listener)
  const shutdown = new GracefulShutdown(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return { server, shutdown, port: (server.address() as AddressInfo).port }
}

test('a response that was ended is sent whole to a slow client', async () => {
  const body = Buffer.alloc(64 * 1024 * 1024, 'x')
  const { shutdown, port } = await started((_req, res) => res.end(body))
  const socket = await ask(port, '/')
  const start = await firstBytes(socket)
  expect(shutdown.pending).toBe(1)
  const closed = shutdown.close()
  const { bytes } = await restOf(socket)
  const [response] = parseResponses(Buffer.concat([start, bytes]))
  expect(response).toMatchObject({ status: 200, complete: true })
  await closed
  expect(shutdown.pending).toBe(0)
})

test('idle connections are closed at once, and no new one is accepted', async () => {
  const { shutdown, server, port } = await started((_req, res) => res.end('x'))
  const unused = await ask(port, '/')
  await firstBytes(unused)
  await eventually(() => shutdown.pending === 0)
  const rest = restOf(unused)
  await shutdown.close()
  await rest
  expect(server.listening).toBe(false)
})

test('pipelined responses are all sent', async () => {
  const responses: ServerResponse[] = []
  const { shutdown, port } = await started((_req, res) => responses.push(res))
  const socket = await ask(port, '/1', ['', 'GET /2 HTTP/1.1', 'Host: localhost'])
  await eventually(() => responses.length === 2)
  expect(shutdown.pending).toBe(2)
  const closed = shutdown.close()
  responses[0]?.end('one')
  const received = restOf(socket)
  responses[1]?.end('two')
  const bodies = parseResponses((await received).bytes).map(({ body }) => body.toString())
  expect(bodies).toEqual(['one', 'two'])
  await closed
})

test('a client that disconnects is not waited for', async () => {
  const { shutdown, port } = await started((_req, res) => res.write('x'))
  const socket = await ask(port, '/')
  await firstBytes(socket)
  const closed = shutdown.close()
  socket.destroy()
  await closed
})
