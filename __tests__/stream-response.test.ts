import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { ErrorRequestHandler, Request, Response } from 'express'
import { type Outcome, streamResponse } from '../lib/index.js'
import { express } from './support/express.js'
import { directoryOf, patternOf, removeDirectories } from './support/files.js'
import { request } from './support/raw-http.js'
import { type TestServer, withServer } from './support/server.js'

const report = patternOf(300_000)
const root = directoryOf({ 'report.csv': report })
const path = join(root, 'report.csv')

afterAll(removeDirectories)

interface Seen {
  outcome?: Outcome
  error?: { status: number; message: string; code?: string }
}

/** Runs one route, and returns the response and the errors that reached the error handlers. */
async function route<T>(
  handler: (req: Request, res: Response, seen: Seen) => unknown,
  use: (server: TestServer, seen: Seen) => Promise<T>,
): Promise<T> {
  const seen: Seen = {}
  const app = express()
  app.get('/', (req, res) => void handler(req, res, seen))
  const handleError: ErrorRequestHandler = (error, _req, res, _next) => {
    seen.error = error
    res.status(error.status).type('txt').send(error.message)
  }
  app.use(handleError)
  return withServer(app, (server) => use(server, seen))
}

describe('one file in one route', () => {
  test.each([
    ['a path', path],
    ['a file: URL', pathToFileURL(path)],
  ])('given as %s arrives chunked and complete, and the outcome says so', (_kind, body) =>
    route(
      async (_req, res, seen) => {
        seen.outcome = await streamResponse(res, body)
      },
      async ({ port }, seen) => {
        const response = await request(port, '/')
        expect(response.status).toBe(200)
        expect(response.headers['transfer-encoding']).toBe('chunked')
        expect(response.headers['content-type']).toBe('text/csv; charset=utf-8')
        expect(response.body.equals(report)).toBe(true)
        const outcome = { status: 200, bytesSent: report.length, completed: true, aborted: false }
        expect(seen.outcome).toEqual({ ...outcome, durationMs: expect.any(Number) })
      },
    ),
  )

  test('that is missing reaches the error handling as a 404, though the call is not awaited', () =>
    route(
      (_req, res) => void streamResponse(res, join(root, 'missing.csv')),
      async ({ port }, seen) => {
        const response = await request(port, '/')
        expect(response).toMatchObject({ status: 404 })
        expect(response.body.toString()).toBe('Not Found')
        expect(seen.error).toMatchObject({ status: 404, code: 'ENOENT' })
        expect(JSON.stringify(seen.error)).not.toContain(root)
      },
    ))

  test('that is missing is in the outcome too', () =>
    route(
      async (_req, res, seen) => {
        seen.outcome = await streamResponse(res, join(root, 'missing.csv'))
      },
      async ({ port }, seen) => {
        await request(port, '/')
        expect(seen.outcome).toMatchObject({
          status: 404,
          bytesSent: 0,
          completed: false,
          aborted: false,
          error: { status: 404 },
        })
      },
    ))

  test('that is missing rejects with errors: "throw", and nothing is sent', () =>
    route(
      async (_req, res) => {
        try {
          await streamResponse(res, join(root, 'missing.csv'), { errors: 'throw' })
        } catch (error) {
          res.status(418).json(error)
        }
      },
      async ({ port }, seen) => {
        const response = await request(port, '/')
        expect(response.status).toBe(418)
        expect(response.body.toString()).not.toContain(root)
        expect(seen.error).toBeUndefined()
      },
    ))

  test('that is missing crashes nothing with errors: "throw" and no await', () =>
    route(
      (_req, res) => {
        void streamResponse(res, join(root, 'missing.csv'), { errors: 'throw' })
        setTimeout(() => res.status(204).end(), 50)
      },
      async ({ port }) => {
        expect((await request(port, '/')).status).toBe(204)
      },
    ))

  test('is a bare status on a server without Express', () =>
    withServer(
      (_req, res) => void streamResponse(res, join(root, 'missing.csv')),
      async ({ port }) => {
        expect(await request(port, '/')).toMatchObject({
          status: 404,
          headers: { 'content-length': '0' },
        })
      },
    ))
})

describe('wrong arguments throw at once and by name', () => {
  test.each([
    ['no response', () => streamResponse({} as Response, path), /^streamResponse: res must be/],
    [
      'an unknown option',
      () => streamResponse(fakeResponse, path, { maxage: 1 } as object),
      /unknown option "maxage"; did you mean "maxAge"\?/,
    ],
    [
      'an option of a wrong type',
      () => streamResponse(fakeResponse, path, { status: '200' } as object),
      /option "status" must be an integer of at least 200 and at most 599, not "200"/,
    ],
    ['a body that is nothing', () => streamResponse(fakeResponse, 42 as never), /body must be/],
  ])('%s', (_what, call, message) => {
    expect(call).toThrow(TypeError)
    expect(call).toThrow(message)
  })

  const fakeResponse = { writeHead() {}, setHeader() {} } as unknown as Response
})
