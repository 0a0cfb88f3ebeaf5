import { truncateSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import type { Outcome } from '../../lib/index.js'
import { streamFiles, streamResponse } from '../../lib/index.js'
import { eventually } from '../support/eventually.js'
import { express } from '../support/express.js'
import { directoryOf, removeDirectories } from '../support/files.js'
import { testOnLinux } from '../support/on-linux.js'
import { exchangeRaw, parseResponses } from '../support/raw-http.js'
import { withServer } from '../support/server.js'

const directory = directoryOf({
  'small.txt': 'small',
  'a/b.txt': 'b',
  'empty.txt': '',
  'large.bin': Buffer.alloc(3 * 1024 * 1024, 'x'),
})

afterAll(removeDirectories)

const outcomes: Outcome[] = []
const app = express()
app.set('env', 'test')
app.get('/missing', (_req, res) => {
  void streamResponse(res, join(directory, 'no-such-file'))
})
app.get('/unreadable', (_req, res) => {
  void streamResponse(res, '/proc/self/mem')
})
app.get('/thrown', (_req, res, next) => {
  streamResponse(res, join(directory, 'no-such-file'), { errors: 'throw' }).catch(next)
})
app.get('/broken-callback', (_req, res) => {
  const setHeaders = () => {
    throw new Error('the callback is broken')
  }
  void streamResponse(res, join(directory, 'small.txt'), { setHeaders })
})
app.get('/shrinks', (_req, res) => {
  const file = join(directoryOf({ 'file.bin': Buffer.alloc(3 * 1024 * 1024) }), 'file.bin')
  atFirstWrite(res, () => truncateSync(file, 0))
  void streamResponse(res, file).then((outcome) => outcomes.push(outcome))
})
app.use(streamFiles(directory))

function atFirstWrite(res: ServerResponse, act: () => void): void {
  const { write } = res
  res.write = (...written: unknown[]) => {
    res.write = write
    act()
    return Reflect.apply(write, res, written)
  }
}

beforeEach(() => outcomes.splice(0))

async function pipeline(requests: readonly string[]) {
  const lines = requests.map((request, place) => {
    const [method, target, ...fields] = request.split(' ')
    const last = place === requests.length - 1
    const headers = [
      ...(fields.length > 0 ? [fields.join(' ')] : []),
      ...(last ? ['Connection: close'] : []),
    ]
    return [`${method} ${target} HTTP/1.1`, 'Host: localhost', ...headers, '', ''].join('\r\n')
  })
  const methods = requests.map((request) => request.split(' ')[0] ?? '')
  return withServer(app, async ({ port }) => {
    const bytes = await exchangeRaw(port, lines.join(''))
    return parseResponses(bytes, methods)
  })
}

const next = 'GET /small.txt'

const faults: [string, string, number][] = [
  ['a file that does not exist', 'GET /missing', 404],
  ['a file that is not there, thrown to the caller', 'GET /thrown', 404],
  ['a name that is refused', 'GET /a/../small.txt', 404],
  ['a directory without an index', 'GET /a/', 404],
  ['a redirect', 'GET /a', 301],
  ['a callback that throws', 'GET /broken-callback', 500],
  ['a precondition that fails', 'GET /small.txt If-Match: "other"', 412],
  ['a range that cannot be satisfied', 'GET /small.txt Range: bytes=100-', 416],
  ['a response without a body', 'HEAD /large.bin', 200],
  ['not modified', 'GET /small.txt If-None-Match: *', 304],
  ['a part', 'GET /large.bin Range: bytes=0-1000000', 206],
  ['several parts', 'GET /large.bin Range: bytes=0-9,1000000-2000000', 206],
  ['an empty file', 'GET /empty.txt', 200],
]

function expectInStep(status: number, responses: ReturnType<typeof parseResponses>): void {
  expect(responses.map(({ status, complete }) => [status, complete])).toEqual([
    [200, true],
    [status, true],
    [200, true],
  ])
  expect(responses[2]?.body.toString()).toBe('small')
}

test.each(faults)('the response after %s is in step', async (_name, request, status) => {
  expectInStep(status, await pipeline([next, request, next]))
})

testOnLinux('the response after a file that cannot be read is in step', async () => {
  expectInStep(500, await pipeline([next, 'GET /unreadable', next]))
})

test('nothing follows a truncated body', async () => {
  const responses = await pipeline([next, 'GET /shrinks', next])
  expect(responses.map(({ status, complete }) => [status, complete])).toEqual([
    [200, true],
    [200, false],
  ])
  await eventually(() => outcomes.length === 1)
  expect(outcomes).toMatchObject([{ completed: false, error: { code: 'ERR_FILE_CHANGED' } }])
})
