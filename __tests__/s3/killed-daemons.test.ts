/** @jest-environment ./__tests__/support/node-errors-environment.cjs */
import { createHash } from 'node:crypto'
import { streamFiles } from '../../lib/index.js'
import { s3Source } from '../../lib/s3.js'
import { CephCluster, hasCeph } from '../support/ceph.js'
import { ask, firstBytes, restOf } from '../support/clients.js'
import { descriptorsBackTo } from '../support/eventually.js'
import { openDescriptors, patternOf } from '../support/files.js'
import { parseResponses, request } from '../support/raw-http.js'
import { TestBucket } from '../support/s3.js'
import { withServer } from '../support/server.js'

const CONTENT = patternOf(4 * 1024 * 1024)
const LARGE = Buffer.alloc(64 * 1024 * 1024)

/** The digest of a body; `undefined` if the response was aborted. */
async function sha256(response: Response): Promise<string | undefined> {
  const body = await response.arrayBuffer().catch(() => undefined)
  return body && createHash('sha256').update(new Uint8Array(body)).digest('hex')
}

const describeWithCeph = hasCeph ? describe : describe.skip

describeWithCeph('a gateway that is killed', () => {
  const cluster = new CephCluster()
  let store: TestBucket

  beforeAll(async () => {
    store = new TestBucket(await cluster.start())
    await store.create()
    await store.put('large.bin', LARGE)
    await store.put('a.txt', 'hello')
  })

  afterAll(async () => {
    store.client.destroy()
    await cluster.remove()
  })

  test('aborts the responses, is a 502, and is served again once it runs', async () => {
    const before = openDescriptors()
    const { client, bucket, prefix } = store
    await withServer(streamFiles(s3Source({ client, bucket, prefix })), async ({ port }) => {
      const socket = await ask(port, '/large.bin')
      const first = await firstBytes(socket)
      cluster.kill('client.rgw')
      const { bytes } = await restOf(socket)
      const [response] = parseResponses(Buffer.concat([first, bytes]))
      expect(response).toMatchObject({ status: 200, complete: false })
      expect((await request(port, '/a.txt')).status).toBe(502)
      expect((await request(port, '/a.txt', { method: 'HEAD' })).status).toBe(502)
      await cluster.start()
      expect((await request(port, '/a.txt')).body.toString()).toBe('hello')
      const again = await request(port, '/large.bin')
      expect([again.complete, again.body.equals(LARGE)]).toEqual([true, true])
    })
    client.destroy()
    await descriptorsBackTo(before)
  })
})

describeWithCeph('a storage daemon of three that is killed', () => {
  const DOWNLOADS = 120
  const ABREAST = 6
  const cluster = new CephCluster()
  let store: TestBucket

  beforeAll(async () => {
    store = new TestBucket(await cluster.start({ OSDS: '3', REPLICAS: '2' }))
    await store.create()
    for (let index = 0; index < 8; index++) await store.put(`${index}.bin`, CONTENT)
  })

  afterAll(async () => {
    store.client.destroy()
    await cluster.remove()
  })

  test('under load leaves every response right, or visibly aborted', async () => {
    const { bucket, prefix } = store
    const expected = await sha256(new Response(CONTENT))
    const ends = { right: 0, aborted: 0, refused: 0, wrong: 0 }
    let started = 0
    await withServer(
      streamFiles(s3Source({ client: store.client, bucket, prefix })),
      async ({ url }) => {
        const download = async () => {
          while (started < DOWNLOADS) {
            if (started === DOWNLOADS / 4) cluster.kill('osd.1')
            const response = await fetch(`${url}/${started++ % 8}.bin`)
            const digest = await sha256(response)
            if (response.status !== 200) ends.refused++
            else if (digest === undefined) ends.aborted++
            else if (digest === expected) ends.right++
            else ends.wrong++
          }
        }
        await Promise.all(Array.from({ length: ABREAST }, download))
        expect(ends.wrong).toBe(0)
        expect(ends.right).toBeGreaterThan(DOWNLOADS / 4)
        // The other two have all objects, and the store works again.
        expect(await sha256(await fetch(`${url}/0.bin`))).toBe(expected)
      },
    )
  })
})
