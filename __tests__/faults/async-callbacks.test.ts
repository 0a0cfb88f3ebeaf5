import type { RequestListener, ServerResponse } from 'node:http'
import { join } from 'node:path'
import type { ErrorRequestHandler } from 'express'
import {
  type Outcome,
  type StreamFilesOptions,
  streamFiles,
  streamResponse,
} from '../../lib/index.js'
import { descriptorsBackTo } from '../support/eventually.js'
import { express } from '../support/express.js'
import { directoryOf, openDescriptors, removeDirectories } from '../support/files.js'
import { expectSilence } from '../support/process-noise.js'
import { request } from '../support/raw-http.js'
import { withServer } from '../support/server.js'

const directory = directoryOf({ 'small.txt': 'small', 'large.bin': 'x'.repeat(300_000) })
const file = join(directory, 'small.txt')
afterAll(removeDirectories)

const PATHS = ['/small.txt', '/large.bin']
const LENGTHS = [5, 300_000]

type Callbacks = Pick<StreamFilesOptions, 'etag' | 'setHeaders'>

const rejecting: readonly [name: string, options: Callbacks][] = [
  [
    'setHeaders',
    {
      setHeaders: async (res) => {
        res.setHeader('X-Set', 'before')
        throw new Error('no session store')
      },
    },
  ],
  ['etag', { etag: () => Promise.reject(new Error('no digest store')) }],
  ['etag, with what is no tag', { etag: async () => 'no "tag"' }],
]

function told(app: ReturnType<typeof express>): unknown[] {
  const errors: unknown[] = []
  app.use(((error, _req, res, _next) => {
    errors.push(error)
    res.status(error.status).end()
  }) satisfies ErrorRequestHandler)
  return errors
}

describe.each(rejecting)('an asynchronous callback that fails: %s', (_name, options) => {
  test('is an error of 500 in Express, for cached and other files', async () => {
    const app = express()
    app.use(streamFiles(directory, options))
    const errors = told(app)
    await withServer(app, async ({ port }) => {
      const baseline = openDescriptors()
      await expectSilence(async () => {
        for (const path of [...PATHS, ...PATHS]) {
          const { status, headers } = await request(port, path)
          expect(status).toBe(500)
          expect(headers).not.toHaveProperty('x-set')
        }
      })
      expect(errors).toMatchObject(Array(4).fill({ status: 500, cause: expect.any(Error) }))
      await descriptorsBackTo(baseline)
    })
  })

  test('is an error of 500 on a bare server', async () => {
    await withServer(streamFiles(directory, options), async ({ port }) => {
      await expectSilence(async () => {
        expect(await request(port, '/small.txt')).toMatchObject({ status: 500, complete: true })
      })
    })
  })

  test('is in the outcome of streamResponse', async () => {
    const outcomes: Outcome[] = []
    const listener: RequestListener = (_req, res) =>
      void streamResponse(res, file, options).then((outcome) => outcomes.push(outcome))
    await withServer(listener, async ({ port }) => {
      await expectSilence(async () => {
        expect((await request(port, '/')).status).toBe(500)
      })
    })
    expect(outcomes).toMatchObject([{ status: 500, completed: false, error: { status: 500 } }])
  })
})

test('an asynchronous setHeaders is awaited before the headers are decided', async () => {
  const setHeaders: StreamFilesOptions['setHeaders'] = async (res) => {
    await new Promise(setImmediate)
    res.setHeader('Cache-Control', 'private')
    res.setHeader('ETag', '"of a database"')
  }
  await withServer(streamFiles(directory, { setHeaders }), async ({ port }) => {
    for (const [place, path] of [...PATHS, ...PATHS].entries()) {
      const response = await request(port, path)
      expect(response).toMatchObject({
        status: 200,
        headers: { 'cache-control': 'private', etag: '"of a database"' },
        complete: true,
      })
      expect(response.body.length).toBe(LENGTHS[place % 2])
    }
    const headers = ['If-None-Match: "of a database"']
    expect((await request(port, '/small.txt', { headers })).status).toBe(304)
  })
})

test('an asynchronous etag function is awaited', async () => {
  const etag = async ({ path }: { path: string }) => {
    await new Promise(setImmediate)
    return `digest of ${path.slice(-5)}`.replaceAll(' ', '-')
  }
  await withServer(streamFiles(directory, { etag }), async ({ port }) => {
    for (const path of [...PATHS, ...PATHS]) {
      const tag = `"digest-of-${path.slice(-5)}"`
      expect(await request(port, path)).toMatchObject({ status: 200, headers: { etag: tag } })
      const headers = [`If-None-Match: ${tag}`]
      expect((await request(port, path, { headers })).status).toBe(304)
    }
  })
})

test('an etag function is not called if the application has set a tag', async () => {
  const etag = jest.fn(() => 'unused')
  const setHeaders: StreamFilesOptions['setHeaders'] = (res) => res.setHeader('ETag', '"own"')
  await withServer(streamFiles(directory, { etag, setHeaders }), async ({ port }) => {
    expect((await request(port, '/small.txt')).headers.etag).toBe('"own"')
  })
  expect(etag).not.toHaveBeenCalled()
})

test.each(PATHS)(
  'a response to %s that other code begins meanwhile is not changed',
  async (path) => {
    const responses: ServerResponse[] = []
    const etag = async () => {
      for (const res of responses.splice(0)) {
        res.write('theirs, ')
        setImmediate(() => setImmediate(() => res.end('to its end')))
      }
      return 'tag'
    }
    const files = streamFiles(directory, { etag })
    let begin = false
    const listener: RequestListener = (req, res) => {
      if (begin) responses.push(res)
      files(req, res)
    }
    await withServer(listener, async ({ port }) => {
      await request(port, path)
      begin = true
      const { body, complete } = await request(port, path)
      expect([String(body), complete]).toEqual(['theirs, to its end', true])
    })
  },
)
