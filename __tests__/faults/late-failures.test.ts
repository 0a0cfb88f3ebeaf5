import { truncateSync } from 'node:fs'
import { join } from 'node:path'
import { streamFiles, streamResponse } from '../../lib/index.js'
import { ask, disconnected, firstBytes, restOf } from '../support/clients.js'
import { eventually } from '../support/eventually.js'
import { express } from '../support/express.js'
import { directoryOf, removeDirectories } from '../support/files.js'
import { parseResponses, request } from '../support/raw-http.js'
import { withServer } from '../support/server.js'

// More than the buffers of both ends of a connection hold.
const LARGE = 16 * 1024 * 1024

afterAll(removeDirectories)

async function* failsAfterFirstItem(): AsyncGenerator<string> {
  yield 'first'
  // In the same turn of the event loop nothing of the first item would have been sent.
  await new Promise((resolve) => setImmediate(resolve))
  throw new Error('Too late')
}

interface Handled {
  readonly error: Error & { code?: string }
  readonly headersSent: boolean
  readonly destroyed: boolean
}

/** An app whose error middleware records what reaches it, and then calls next. */
function appWith(handled: Handled[]) {
  const app = express()
  const directory = directoryOf({ 'large.bin': Buffer.alloc(LARGE) })
  app.get('/generator', (_req, res) => void streamResponse(res, failsAfterFirstItem()))
  app.get('/throw', (_req, res) => {
    streamResponse(res, failsAfterFirstItem(), { errors: 'throw' }).catch(() => {})
  })
  app.get('/file', (_req, res) => void streamResponse(res, join(directory, 'large.bin')))
  app.use('/files', streamFiles(directory))
  app.use(
    (error: Error, _req: unknown, res: import('express').Response, next: (e: Error) => void) => {
      handled.push({ error, headersSent: res.headersSent, destroyed: res.destroyed })
      next(error)
    },
  )
  return { app, directory }
}

describe('a response that fails after its first byte', () => {
  test('is aborted first, and then reaches the error middleware once', async () => {
    const handled: Handled[] = []
    const { app } = appWith(handled)
    await withServer(app, async ({ port }) => {
      const response = await request(port, '/generator')
      expect(response).toMatchObject({ status: 200, complete: false })
      await eventually(() => handled.length > 0)
      // The server still responds.
      expect((await request(port, '/generator')).complete).toBe(false)
      await eventually(() => handled.length > 1)
    })
    expect(handled).toMatchObject([
      { error: { message: 'Too late' }, headersSent: true, destroyed: true },
      { error: { message: 'Too late' }, headersSent: true, destroyed: true },
    ])
  })

  test.each(['/file', '/files/large.bin'])(
    'does so for GET %s of a file that shrinks',
    async (target) => {
      const handled: Handled[] = []
      const { app, directory } = appWith(handled)
      await withServer(app, async ({ port }) => {
        const socket = await ask(port, target)
        await firstBytes(socket)
        truncateSync(join(directory, 'large.bin'), 10)
        await restOf(socket)
        await eventually(() => handled.length > 0)
      })
      expect(handled).toMatchObject([
        { error: { code: 'ERR_FILE_CHANGED' }, headersSent: true, destroyed: true },
      ])
    },
  )

  test('does not reach it with errors: "throw"', async () => {
    const handled: Handled[] = []
    await withServer(appWith(handled).app, async ({ port }) => {
      expect((await request(port, '/throw')).complete).toBe(false)
    })
    expect(handled).toEqual([])
  })

  test('is aborted on a bare server too', async () => {
    const listener = (_req: unknown, res: import('node:http').ServerResponse) =>
      void streamResponse(res, failsAfterFirstItem())
    await withServer(listener, async ({ port }) => {
      const socket = await ask(port, '/')
      const { bytes } = await restOf(socket)
      expect(parseResponses(bytes)).toMatchObject([{ status: 200, complete: false }])
    })
  })
})

test.each(['/file', '/files/large.bin'])(
  'a client that disconnects during GET %s never reaches the error middleware',
  async (target) => {
    const handled: Handled[] = []
    const closed = jest.fn()
    const { app } = appWith(handled)
    const outer = express()
    outer.use((_req, res, next) => {
      res.on('close', closed)
      next()
    })
    outer.use(app)
    await withServer(outer, async ({ port }) => {
      const socket = await ask(port, target)
      await firstBytes(socket)
      await disconnected(socket, 'RST')
      await eventually(() => closed.mock.calls.length === 1)
    })
    expect(handled).toEqual([])
  },
)
