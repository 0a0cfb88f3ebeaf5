import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { streamFiles, streamResponse } from '../../lib/index.js'
import { openFilesBelow } from '../support/descriptors.js'
import { eventually } from '../support/eventually.js'
import { express } from '../support/express.js'
import { directoryOf, removeDirectories } from '../support/files.js'
import { request } from '../support/raw-http.js'
import { withServer } from '../support/server.js'

const testOnPosix = process.platform === 'win32' ? test.skip : test

const root = directoryOf({ 'file.txt': 'public', 'directory/index.html': 'public' })
const fifo = join(root, 'fifo')
if (process.platform !== 'win32') execFileSync('mkfifo', [fifo])
afterAll(removeDirectories)

function app(): ReturnType<typeof express> {
  const made = express()
  made.get('/one', (_req, res) => {
    streamResponse(res, fifo)
  })
  made.get('/confined', (_req, res) => {
    streamResponse(res, 'fifo', { root })
  })
  made.use(streamFiles(root))
  return made
}

// More than libuv has threads: were one of them held by a FIFO, no file could be opened any more.
testOnPosix.each(['/fifo', '/one', '/confined'])(
  'eight requests for a FIFO at once (%s) hold nothing up (on POSIX only)',
  async (target) => {
    await withServer(app(), async ({ port }) => {
      const before = Array.from({ length: 8 }, () => request(port, target))
      const other = await Promise.all([request(port, '/file.txt'), request(port, '/directory/')])
      expect(other.map(({ status, body }) => `${status} ${body}`)).toEqual([
        '200 public',
        '200 public',
      ])
      expect((await Promise.all(before)).map(({ status }) => status)).toEqual(Array(8).fill(404))
    })
    await eventually(() => openFilesBelow(root).length === 0)
  },
)
