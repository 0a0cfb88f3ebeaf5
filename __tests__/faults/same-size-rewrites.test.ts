import { writeFileSync } from 'node:fs'
import { Agent, get, type IncomingMessage } from 'node:http'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { streamFiles } from '../../lib/index.js'
import { directoryOf, removeDirectories } from '../support/files.js'
import { withServer } from '../support/server.js'

const REWRITES = 600
const directory = directoryOf({ 'file.txt': version(0) })
const file = join(directory, 'file.txt')
const agent = new Agent({ keepAlive: true, maxSockets: 1 })

afterAll(() => {
  agent.destroy()
  removeDirectories()
})

function version(number: number): string {
  return `version ${String(number).padStart(6, '0')}`
}

async function fetchFile(url: string, headers: Readonly<Record<string, string>>) {
  const response = await new Promise<IncomingMessage>((resolve, reject) =>
    get(`${url}/file.txt`, { agent, headers }, resolve).on('error', reject),
  )
  const { etag = '', 'last-modified': modified = '' } = response.headers
  return { status: response.statusCode, body: await text(response), etag, modified }
}

type Condition = (etag: string, modified: string) => Readonly<Record<string, string>>

const conditions: Condition[] = [
  () => ({}),
  (etag) => ({ 'If-None-Match': etag }),
  (_etag, modified) => ({ 'If-Modified-Since': modified }),
  (etag, modified) => ({ 'If-None-Match': etag, 'If-Modified-Since': modified }),
]

test('600 rewrites of the same size, each followed by a GET, most with a precondition: no stale body, no stale 304', async () => {
  await withServer(streamFiles(directory), async ({ url }) => {
    let last = await fetchFile(url, {})
    const stale: unknown[] = []
    for (let rewrite = 1; rewrite <= REWRITES; rewrite++) {
      writeFileSync(file, version(rewrite))
      const condition = conditions[rewrite % conditions.length]
      const response = await fetchFile(url, condition?.(last.etag, last.modified) ?? {})
      if (response.status !== 200 || response.body !== version(rewrite))
        stale.push({ rewrite, response })
      else last = response
    }
    expect(stale).toEqual([])
  })
})

test('a range kept from before a rewrite of the same size is not continued', async () => {
  await withServer(streamFiles(directory), async ({ url }) => {
    writeFileSync(file, version(1))
    const before = await fetchFile(url, {})
    writeFileSync(file, version(2))
    const resumed = { Range: 'bytes=8-', 'If-Range': before.etag }
    expect(await fetchFile(url, resumed)).toMatchObject({ status: 200, body: version(2) })
  })
})
