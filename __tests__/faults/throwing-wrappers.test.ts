import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import { connect, createServer } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { type Outcome, streamFiles, streamResponse } from '../../lib/index.js'
import type { ResponseLike } from '../../lib/response/response-like.js'
import { ask, restOf } from '../support/clients.js'
import { descriptorsBackTo } from '../support/eventually.js'
import { directoryOf, openDescriptors, removeDirectories } from '../support/files.js'
import { expectSilence } from '../support/process-noise.js'
import { parseResponses, request } from '../support/raw-http.js'
import { withServer } from '../support/server.js'

const directory = directoryOf({
  'small.txt': 'small',
  'large.bin': Buffer.alloc(8_000_000),
  'sub/x': '',
})
afterAll(removeDirectories)

const outcomes: Outcome[] = []
beforeEach(() => outcomes.splice(0))

const files = streamFiles(directory)
const strict = streamFiles(directory, { fallthrough: false })

/** Every way to write a response: from memory, buffer by buffer, item by item, and without a body. */
const ways: readonly [name: string, send: RequestListener][] = [
  ['a cached file', (req, res) => serve(req, res, '/small.txt')],
  ['a large file', (req, res) => serve(req, res, '/large.bin')],
  ['a redirect', (req, res) => serve(req, res, '/sub')],
  ['a 404', (req, res) => serve(req, res, '/missing')],
  [
    'a method that is not allowed',
    (req, res) => strict(Object.assign(req, { method: 'PUT' }), res),
  ],
  [
    'a file of streamResponse',
    (_req, res) => tell(streamResponse(res, join(directory, 'large.bin'))),
  ],
  ['items', (_req, res) => tell(streamResponse(res, ['one', 'two', 'three']))],
  ['bytes', (_req, res) => tell(streamResponse(res, Buffer.from('bytes')))],
  ['items that come later', (_req, res) => tell(streamResponse(res, later()))],
]

function serve(...[req, res, url]: [...Parameters<RequestListener>, url: string]): void {
  files(Object.assign(req, { url }), res)
}

function tell(outcome: Promise<Outcome>): void {
  void outcome.then((end) => outcomes.push(end))
}

async function* later() {
  for (const item of ['one', 'two', 'three']) {
    await new Promise(setImmediate)
    yield item
  }
}

const broken = () => {
  throw new Error('the wrapper is broken')
}

const wrappers: readonly [name: string, wrap: (res: ResponseLike) => void][] = [
  ['write and end', (res) => Object.assign(res, { write: broken, end: broken })],
  ['end', (res) => Object.assign(res, { end: broken })],
  [
    'the second write',
    (res) => {
      const { write, end } = res
      let written = 0
      const once =
        (method: (...given: never[]) => unknown) =>
        (...given: never[]) =>
          written++ === 0 ? Reflect.apply(method, res, given) : broken()
      Object.assign(res, { write: once(write), end: once(end) })
    },
  ],
]

describe.each(wrappers)('a middleware whose %s throws', (_wrapper, wrap) => {
  test.each(ways)('aborts %s, and affects no other response', async (_way, send) => {
    const listener: RequestListener = (req, res) => {
      if (req.url === '/well') return void res.end('well')
      wrap(res)
      return send(req, res)
    }
    await withServer(listener, async ({ port }) => {
      await request(port, '/well')
      const baseline = openDescriptors()
      await expectSilence(async () => {
        const { bytes } = await restOf(await ask(port, '/', ['Connection: close']))
        const [response] = bytes.includes('\r\n\r\n') ? parseResponses(bytes) : []
        // A body that needs one write only comes whole through a wrapper that allows one.
        if (_wrapper !== 'the second write') expect(response?.complete ?? false).toBe(false)
      })
      expect(String((await request(port, '/well')).body)).toBe('well')
      await descriptorsBackTo(baseline)
      for (const { completed, error } of outcomes) {
        expect(completed).toBe(error === undefined)
        if (error !== undefined) expect(error.cause).toEqual(new Error('the wrapper is broken'))
      }
    })
  })

  test('resets an HTTP/2 stream', async () => {
    const server = createServer((_req, res) => {
      wrap(res)
      tell(streamResponse(res, join(directory, 'large.bin')))
    }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    await expectSilence(async () => {
      const stream = session.request({ ':path': '/' })
      stream.on('error', () => {})
      stream.resume()
      await new Promise((resolve) => stream.once('close', resolve))
      expect(stream.rstCode).not.toBe(0)
    })
    session.destroy()
    await new Promise((resolve) => server.close(resolve))
    expect(outcomes).toMatchObject([{ completed: false, error: { status: 500 } }])
  })
})

test('what a middleware throws need not have a text', async () => {
  const write = () => {
    throw Object.create(null)
  }
  await withServer(
    (_req, res) => tell(streamResponse(Object.assign(res, { write }), ['one', 'two'])),
    async ({ port }) => {
      await expectSilence(async () => {
        await restOf(await ask(port, '/', ['Connection: close']))
      })
    },
  )
  expect(outcomes).toMatchObject([{ completed: false, error: { status: 500 } }])
})
