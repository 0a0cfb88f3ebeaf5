import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { connect as connectHttp2, createServer, type Http2ServerResponse } from 'node:http2'
import { type AddressInfo, connect } from 'node:net'
import {
  abortResponse,
  isDisconnected,
  isFullySent,
  isResponse,
  onDisconnect,
} from '../../lib/response/response-like.js'
import { eventually } from '../support/eventually.js'
import { withServer } from '../support/server.js'

/** Has one request over HTTP/2, and shows both ends of it. */
async function overHttp2(
  use: (res: Http2ServerResponse, client: import('node:http2').ClientHttp2Stream) => Promise<void>,
): Promise<void> {
  const server = createServer()
  const requested = once(server, 'request')
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const session = connectHttp2(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const client = session.request({ ':path': '/' })
  client.on('error', () => {})
  try {
    const [, res] = await requested
    await use(res, client)
  } finally {
    session.destroy()
    await new Promise((resolve) => server.close(resolve))
  }
}

test('over HTTP/2 a client is disconnected once it has reset its stream', async () => {
  await overHttp2(async (res, client) => {
    expect(isDisconnected(res)).toBe(false)
    const closed = once(res, 'close')
    client.close(8)
    await closed
    await eventually(() => isDisconnected(res))
  })
})

test('over HTTP/2 an aborted response is reset with an error', async () => {
  await overHttp2(async (res, client) => {
    res.writeHead(200)
    res.write('part')
    await once(client, 'data')
    abortResponse(res)
    await new Promise((resolve) => client.once('close', resolve))
    expect(client.rstCode).toBe(2)
  })
})

test('over HTTP/2 a body that was handed over is sent', async () => {
  await overHttp2(async (res, client) => {
    res.end('whole')
    client.resume()
    await once(client, 'close')
    expect(isFullySent(res)).toBe(true)
  })
})

test('over HTTP/1 a client is disconnected once its connection is closed, and so is a pipelined one', async () => {
  const responses: ServerResponse[] = []
  await withServer(
    (_req, res) => void responses.push(res),
    async ({ port }) => {
      const socket = connect(port, '127.0.0.1')
      socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(2))
      await eventually(() => responses.length === 2)
      expect(responses.map(isDisconnected)).toEqual([false, false])
      socket.destroy()
      await eventually(() => responses.every(isDisconnected))
    },
  )
})

test('over HTTP/1 a body that still waits when its connection is destroyed is not sent', async () => {
  await withServer(
    () => {},
    async ({ port, server }) => {
      const socket = connect(port, '127.0.0.1', () =>
        socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'),
      )
      socket.pause()
      const [, res] = (await once(server, 'request')) as [unknown, ServerResponse]
      res.end(Buffer.alloc(100 * 1024 * 1024))
      res.socket?.destroy()
      await once(res, 'close')
      expect(isFullySent(res)).toBe(false)
      socket.destroy()
    },
  )
})

test('over HTTP/1 a body that was passed to the connection is sent', async () => {
  await withServer(
    () => {},
    async ({ port, server }) => {
      const socket = connect(port, '127.0.0.1', () =>
        socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'),
      )
      const [, res] = (await once(server, 'request')) as [unknown, ServerResponse]
      res.end('whole')
      await once(res, 'finish')
      expect(isFullySent(res)).toBe(true)
      socket.destroy()
    },
  )
})

test('a pipelined response that was sent leaves nothing on its connection', async () => {
  const responses: ServerResponse[] = []
  const disconnected = jest.fn()
  await withServer(
    (_req, res) => {
      responses.push(res)
      onDisconnect(res, () => disconnected(responses.indexOf(res)))
    },
    async ({ port }) => {
      const socket = connect(port, '127.0.0.1')
      socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(3))
      await eventually(() => responses.length === 3)
      for (const res of responses.slice(0, 2)) {
        res.end()
        await once(res, 'close')
      }
      socket.destroy()
      await eventually(() => disconnected.mock.calls.length >= 3)
      expect(disconnected.mock.calls).toEqual([[0], [1], [2]])
    },
  )
})

test('what has the methods of a response is one', () => {
  expect(isResponse({ writeHead() {}, setHeader() {} })).toBe(true)
  expect([undefined, null, 'res', {}, { writeHead() {} }].some(isResponse)).toBe(false)
})
