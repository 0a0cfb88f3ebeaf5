import { randomBytes } from 'node:crypto'
import { truncateSync } from 'node:fs'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import compression from 'compression'
import type { Outcome } from '../../lib/index.js'
import { streamFiles, streamResponse } from '../../lib/index.js'
import { ask, firstBytes, leave } from '../support/clients.js'
import { descriptorsBackTo, eventually } from '../support/eventually.js'
import { express } from '../support/express.js'
import { folderOf, openDescriptors, patternOf, removeFolders } from '../support/files.js'
import { expectSilence } from '../support/process-noise.js'
import { request } from '../support/raw-http.js'
import { withServer } from '../support/server.js'

const LARGE = 3 * 1024 * 1024
const text = patternOf(LARGE)
// Does not become smaller, so that the client's buffers do not hold all of it.
const noise = randomBytes(4 * LARGE)
const folder = folderOf({ 'large.txt': text, 'noise.txt': noise })

afterAll(removeFolders)

const outcomes: Outcome[] = []
const app = express()
app.use(compression())
app.get('/one/:name', (req, res) => {
  void streamResponse(res, join(folder, req.params.name)).then((outcome) => outcomes.push(outcome))
})
app.use(streamFiles(folder))

beforeEach(() => outcomes.splice(0))

const GZIP = 'Accept-Encoding: gzip'

test.each([
  ['gzip', gunzipSync],
  ['br', brotliDecompressSync],
])('behind compression() a whole body is right in %s', async (coding, decode) => {
  await withServer(app, async ({ port }) => {
    const headers = [`Accept-Encoding: ${coding}`]
    const response = await request(port, '/large.txt', { headers })
    expect(response).toMatchObject({ status: 200, complete: true })
    expect(response.headers).toMatchObject({ 'content-encoding': coding })
    expect(response.headers).not.toHaveProperty('content-length')
    expect(decode(response.body).equals(text)).toBe(true)
  })
})

test('behind compression() a part stays as it is: its offsets count plain bytes', async () => {
  await withServer(app, async ({ port }) => {
    const headers = [GZIP, 'Range: bytes=100000-299999']
    const response = await request(port, '/large.txt', { headers })
    expect(response).toMatchObject({ status: 206, complete: true })
    expect(response.headers).not.toHaveProperty('content-encoding')
    expect(response.headers['content-range']).toBe(`bytes 100000-299999/${LARGE}`)
    expect(response.body.equals(text.subarray(100_000, 300_000))).toBe(true)
  })
})

test('behind compression() clients that leave leak no descriptor, and nothing is said', async () => {
  await withServer(app, async ({ port }) => {
    const baseline = openDescriptors()
    await expectSilence(async () => {
      const visits = Array.from({ length: 20 }, async (_, index) => {
        const socket = await ask(port, `/one/noise.txt`, [GZIP])
        await firstBytes(socket)
        await leave(socket, index % 2 === 0 ? 'FIN' : 'RST')
      })
      await Promise.all(visits)
      await eventually(() => outcomes.length === visits.length)
      await descriptorsBackTo(baseline)
    })
    expect(outcomes.filter(({ aborted, error }) => !aborted || error !== undefined)).toEqual([])
  })
})

test('behind compression() a file that shrinks is cut off, and the outcome says why', async () => {
  await withServer(app, async ({ port }) => {
    const file = join(folder, 'noise.txt')
    const socket = await ask(port, '/one/noise.txt', [GZIP])
    await firstBytes(socket)
    truncateSync(file, 1000)
    socket.resume()
    await eventually(() => outcomes.length === 1 && socket.destroyed)
    expect(outcomes).toMatchObject([{ completed: false, error: { code: 'ERR_FILE_CHANGED' } }])
  })
})
