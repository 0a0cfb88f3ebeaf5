import { createServer, type RequestListener, ServerResponse } from 'node:http'
import { connect, createServer as createServer2 } from 'node:http2'
import type { AddressInfo } from 'node:net'
import compression from 'compression'
import { hasNativeWrite, hasNativeWriteHead } from '../../lib/response/native-write.js'
import type { ResponseLike } from '../../lib/response/response-like.js'
import { express } from '../support/express.js'
import { request } from '../support/raw-http.js'
import { withServer } from '../support/server.js'

const endNatively = (res: ServerResponse) => Reflect.apply(ServerResponse.prototype.end, res, [])

/** The result for the response that a listener gets. */
async function verdictOn(listen: (judge: RequestListener) => RequestListener): Promise<boolean> {
  const verdicts: boolean[] = []
  const judge: RequestListener = (_req, res) => {
    verdicts.push(hasNativeWrite(res))
    endNatively(res)
  }
  await withServer(listen(judge), ({ port }) => request(port, '/'))
  return verdicts[0] ?? false
}

test('a response of node:http writes by itself', async () => {
  expect(await verdictOn((judge) => judge)).toBe(true)
})

test('a response of Express does, though its prototype is another', async () => {
  expect(await verdictOn((judge) => express().use(judge))).toBe(true)
})

test('a response of node:http2 does, with what is put around it', async () => {
  const verdicts: boolean[] = []
  const server = createServer2((_req, res) => {
    verdicts.push(hasNativeWrite(res), hasNativeWrite(new Proxy(res, {})))
    res.write = () => true
    verdicts.push(hasNativeWrite(res))
    res.stream.respond({}, { endStream: true })
  }).listen(0)
  const client = connect(`http://localhost:${(server.address() as AddressInfo).port}`)
  const stream = client.request({})
  await new Promise((resolve) => stream.resume().once('close', resolve))
  client.close()
  server.close()
  expect(verdicts).toEqual([true, false, false])
})

const replacements: [string, (res: ServerResponse) => ResponseLike][] = [
  ['write was assigned', (res) => Object.assign(res, { write: res.write.bind(res) })],
  ['end was assigned', (res) => Object.assign(res, { end: res.end.bind(res) })],
  [
    'write is inherited from a prototype that was put in between',
    (res) => {
      const between = Object.create(Object.getPrototypeOf(res))
      between.write = res.write.bind(res)
      return Object.setPrototypeOf(res, between)
    },
  ],
  ['it is behind a proxy that changes nothing', (res) => new Proxy(res, {})],
  [
    'end comes from a getter',
    (res) => Object.defineProperty(res, 'end', { get: () => () => undefined }),
  ],
  ['a stream was set on it', (res) => Object.assign(res, { stream: {}, write: () => true })],
]

test.each(replacements)('it does not where %s', async (_how, replace) => {
  const verdicts: boolean[] = []
  const listener: RequestListener = (_req, res) => {
    verdicts.push(hasNativeWrite(replace(res)))
    endNatively(res)
  }
  await withServer(listener, ({ port }) => request(port, '/'))
  expect(verdicts).toEqual([false])
})

test('it does not behind compression()', async () => {
  expect(await verdictOn((judge) => express().use(compression(), judge))).toBe(false)
})

test('it does not in a subclass with a write of its own', async () => {
  class Recording extends ServerResponse {
    override write(...written: unknown[]): boolean {
      return Reflect.apply(super.write, this, written)
    }
  }
  const verdicts: boolean[] = []
  const server = createServer({ ServerResponse: Recording }, (_req, res) => {
    verdicts.push(hasNativeWrite(res))
    res.end()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  await request((server.address() as AddressInfo).port, '/')
  server.close()
  expect(verdicts).toEqual([false])
})

test('it does not where the prototype of every response was changed', async () => {
  const { write } = ServerResponse.prototype
  ServerResponse.prototype.write = function patched(...written: unknown[]) {
    return Reflect.apply(write, this, written)
  }
  try {
    expect(await verdictOn((judge) => judge)).toBe(false)
  } finally {
    Reflect.deleteProperty(ServerResponse.prototype, 'write')
  }
})

test('only a middleware that replaced writeHead runs when the headers are sent', async () => {
  const verdicts: boolean[] = []
  const app = express().use((_req, res) => {
    verdicts.push(hasNativeWriteHead(res))
    const { writeHead } = res
    res.writeHead = writeHead.bind(res)
    verdicts.push(hasNativeWriteHead(res))
    res.end()
  })
  await withServer(app, ({ port }) => request(port, '/'))
  expect(verdicts).toEqual([true, false])
})
