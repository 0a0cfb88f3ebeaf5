import { once } from 'node:events'
import type { RequestListener, ServerResponse } from 'node:http'
import { join } from 'node:path'
import type { Outcome } from '../../lib/index.js'
import { streamFiles, streamResponse } from '../../lib/index.js'
import { ask, firstBytes, restOf } from '../support/clients.js'
import { descriptorsBackTo, eventually } from '../support/eventually.js'
import { express } from '../support/express.js'
import { directoryOf, openDescriptors, removeDirectories } from '../support/files.js'
import { expectSilence } from '../support/process-noise.js'
import { exchangeRaw, parseResponses, request } from '../support/raw-http.js'
import { withServer } from '../support/server.js'

const LARGE = 16 * 1024 * 1024
const directory = directoryOf({ 'file.txt': 'content', 'large.bin': Buffer.alloc(LARGE) })
const file = join(directory, 'file.txt')

afterAll(removeDirectories)

/** What a handler's outcome is, and what the client sees. */
async function answerWith(handler: (res: ServerResponse) => Promise<Outcome>) {
  const outcomes: Promise<Outcome>[] = []
  const listener: RequestListener = (_req, res) => {
    outcomes.push(handler(res))
  }
  return withServer(listener, async ({ port }) => {
    const baseline = openDescriptors()
    const response = await request(port, '/').catch(() => undefined)
    const outcome = await outcomes[0]
    await descriptorsBackTo(baseline)
    return { response, outcome }
  })
}

test('a response that is destroyed already settles as aborted', async () => {
  const { outcome } = await answerWith((res) => {
    res.destroy()
    return streamResponse(res, file)
  })
  expect(outcome).toMatchObject({ status: 200, bytesSent: 0, completed: false, aborted: true })
  expect(outcome).not.toHaveProperty('error')
})

test('a response that has ended already stays as it is, and the outcome has the error', async () => {
  const { response, outcome } = await answerWith((res) => {
    res.end('theirs')
    return streamResponse(res, file)
  })
  expect(response?.body.toString()).toBe('theirs')
  expect(outcome).toMatchObject({ completed: false, error: { code: 'ERR_HTTP_HEADERS_SENT' } })
})

test('a response whose headers were sent by other code stays open', async () => {
  const { response, outcome } = await answerWith(async (res) => {
    res.write('theirs, ')
    const ended = await streamResponse(res, file)
    res.end('to its end')
    return ended
  })
  expect(response).toMatchObject({ complete: true })
  expect(response?.body.toString()).toBe('theirs, to its end')
  expect(outcome).toMatchObject({ completed: false, error: { code: 'ERR_HTTP_HEADERS_SENT' } })
})

test('a response that other code sends while the file is opened is not changed', async () => {
  const { response, outcome } = await answerWith((res) => {
    const outcome = streamResponse(res, file)
    res.statusCode = 503
    res.end('too late')
    return outcome
  })
  expect(response?.status).toBe(503)
  expect(response?.body.toString()).toBe('too late')
  expect(outcome).toMatchObject({ completed: false, error: { code: 'ERR_HTTP_HEADERS_SENT' } })
})

test('a response that other code begins while the file is opened is not changed', async () => {
  const { response, outcome } = await answerWith(async (res) => {
    const outcome = streamResponse(res, file)
    res.write('theirs, ')
    const ended = await outcome
    res.end('to its end')
    return ended
  })
  expect(response).toMatchObject({ complete: true })
  expect(response?.body.toString()).toBe('theirs, to its end')
  expect(outcome).toMatchObject({ completed: false, error: { code: 'ERR_HTTP_HEADERS_SENT' } })
})

test('a response that other code begins before the first item is not changed', async () => {
  const { response, outcome } = await answerWith(async (res) => {
    async function* items() {
      res.write('theirs, ')
      yield 'ours'
    }
    const ended = await streamResponse(res, items())
    res.end('to its end')
    return ended
  })
  expect(response).toMatchObject({ complete: true })
  expect(response?.body.toString()).toBe('theirs, to its end')
  expect(outcome).toMatchObject({ completed: false, error: { code: 'ERR_HTTP_HEADERS_SENT' } })
})

test('a response that other code ends in the middle of the body is not completed', async () => {
  const { outcome } = await answerWith((res) => {
    const outcome = streamResponse(res, join(directory, 'large.bin'))
    res.once('drain', () => res.end())
    return outcome
  })
  expect(outcome).toMatchObject({
    status: 200,
    completed: false,
    aborted: false,
    error: { code: 'ERR_HTTP_HEADERS_SENT' },
  })
  expect(outcome?.bytesSent).toBeLessThan(LARGE)
})

test('a body with a length that other code ends closes its connection, which it would keep waiting', async () => {
  const listener: RequestListener = (_req, res) => {
    async function* items() {
      yield 'part'
      res.end()
      await once(res, 'finish')
      yield 'and the rest'
    }
    void streamResponse(res, items(), { contentLength: 16 })
  }
  await withServer(listener, async ({ port, server }) => {
    server.keepAliveTimeout = 0
    const received = await exchangeRaw(port, 'GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    expect(parseResponses(received)).toMatchObject([{ status: 200, complete: false }])
    expect(String(received)).toMatch(/part$/)
  })
})

test('the response of a time limit is whole, and its connection serves the next request', async () => {
  const listener: RequestListener = (req, res) => {
    if (req.url === '/next') return void res.end('next')
    async function* items() {
      await new Promise(setImmediate)
      res.statusCode = 503
      res.end('too slow')
      await once(res, 'finish')
      yield 'item'
    }
    void streamResponse(res, items())
  }
  await withServer(listener, async ({ port }) => {
    const socket = await ask(port, '/slow')
    const slow = await firstBytes(socket)
    socket.write('GET /next HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    const { bytes } = await restOf(socket)
    const responses = parseResponses(Buffer.concat([slow, bytes]))
    expect(responses.map(({ status }) => status)).toEqual([503, 200])
  })
})

test('other code that ends a response again does not truncate its body', async () => {
  const body = Buffer.alloc(32 * 1024 * 1024)
  let endAgain = () => {}
  const listener: RequestListener = (_req, res) => {
    res.setHeader('Connection', 'close')
    void streamResponse(res, () => body, { contentLength: body.length })
    endAgain = () => res.end('too late')
  }
  await withServer(listener, async ({ port, server }) => {
    const responded = once(server, 'request')
    const socket = await ask(port, '/')
    const [, res] = await responded
    const start = await firstBytes(socket)
    await eventually(() => res.writableEnded)
    endAgain()
    const { bytes } = await restOf(socket)
    const [response] = parseResponses(Buffer.concat([start, bytes]))
    expect(response?.body).toHaveLength(body.length)
  })
})

describe('streamFiles', () => {
  const handed: unknown[] = []
  const app = express()
  app.use('/begun', (_req, res, next) => {
    res.write('begun')
    next()
  })
  app.use('/begun', streamFiles(directory))
  app.use(
    '/callback',
    streamFiles(directory, {
      setHeaders: (res) => {
        res.statusCode = 403
        res.end('not for you')
      },
    }),
  )
  app.use((error: unknown, _req: unknown, res: ServerResponse, _next: unknown) => {
    handed.push(error)
    res.end()
  })

  beforeEach(() => handed.splice(0))

  test('passes an error to next if the response has begun, and throws nothing in a timer', async () => {
    await withServer(app, async ({ port }) => {
      await request(port, '/begun/file.txt')
      expect(handed).toMatchObject([{ code: 'ERR_HTTP_HEADERS_SENT' }])
    })
  })

  test('accepts a setHeaders callback that sends the response itself', async () => {
    await withServer(app, async ({ port }) => {
      await expectSilence(async () => {
        const response = await request(port, '/callback/file.txt')
        expect(response).toMatchObject({ status: 403, complete: true })
        expect(response.body.toString()).toBe('not for you')
      })
      expect(handed).toEqual([])
    })
  })
})
