import { appendFileSync, readFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { join } from 'node:path'
import { streamFiles, streamResponse } from '../../lib/index.js'
import { express } from '../support/express.js'
import { directoryOf, removeDirectories } from '../support/files.js'
import { testOnLinux } from '../support/on-linux.js'
import { request } from '../support/raw-http.js'
import { withServer } from '../support/server.js'

afterAll(removeDirectories)

const app = express()
app.use('/one', (req, res) => {
  void streamResponse(res, req.path)
})
app.use('/proc', streamFiles('/proc', { symlinks: 'follow' }))

testOnLinux('a file of /proc, whose reported size is 0, is read to its end', async () => {
  await withServer(app, async ({ port }) => {
    for (const target of ['/one/proc/self/status', '/proc/self/status']) {
      const response = await request(port, target)
      expect(response).toMatchObject({ status: 200, complete: true })
      expect(response.headers).not.toHaveProperty('content-length')
      expect(response.body.toString()).toMatch(/^Name:.*\nnonvoluntary_ctxt_switches:\s*\d+\n$/s)
    }
  })
})

testOnLinux('a FileHandle of a file of /proc is read to its end', async () => {
  const file = '/proc/kallsyms'
  const handle = await open(file)
  await withServer(
    (_req, res) => void streamResponse(res, handle),
    async ({ port }) => {
      const response = await request(port, '/')
      expect(response).toMatchObject({ status: 200, complete: true })
      expect(response.body.equals(readFileSync(file))).toBe(true)
    },
  )
  await handle.close()
})

test('a FileHandle of an empty file is an empty body', async () => {
  const handle = await open(join(directoryOf({ empty: '' }), 'empty'))
  await withServer(
    (_req, res) => void streamResponse(res, handle, { contentLength: true }),
    async ({ port }) => {
      const response = await request(port, '/')
      expect(response).toMatchObject({
        status: 200,
        complete: true,
        headers: { 'content-length': '0' },
      })
    },
  )
  await handle.close()
})

testOnLinux('a file of /proc of many buffers is read to its end, over short reads', async () => {
  // A symbol for each line; no process but the kernel changes it.
  const file = '/proc/kallsyms'
  const expected = readFileSync(file)
  await withServer(app, async ({ port }) => {
    const response = await request(port, `/one${file}`)
    expect(response).toMatchObject({ status: 200, complete: true })
    expect(response.body.equals(expected)).toBe(true)
  })
})

testOnLinux('a file without a size ignores a Range header, which needs a length', async () => {
  await withServer(app, async ({ port }) => {
    const headers = ['Range: bytes=0-9']
    expect((await request(port, '/one/proc/self/status', { headers })).status).toBe(200)
  })
})

test('a log that grows between requests is sent as long as it is at each', async () => {
  const log = join(directoryOf({ 'log.txt': '' }), 'log.txt')
  let lines = ''
  await withServer(app, async ({ port }) => {
    for (let line = 0; line < 20; line++) {
      const response = await request(port, `/one${log}`)
      expect(response).toMatchObject({ status: 200, complete: true })
      expect(response.body.toString()).toBe(lines)
      appendFileSync(log, `line ${line}\n`)
      lines += `line ${line}\n`
    }
  })
})
