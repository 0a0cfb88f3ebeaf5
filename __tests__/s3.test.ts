import { streamFiles, streamResponse } from '../lib/index.js'
import { type S3SourceOptions, s3Source } from '../lib/s3.js'
import { request } from './support/raw-http.js'
import { ScriptedStore } from './support/scripted-store.js'
import { withServer } from './support/server.js'

let store: ScriptedStore

beforeEach(async () => {
  store = new ScriptedStore()
  await store.start()
  store.put('public/a.txt', 'from the store', { 'Content-Type': 'text/x-own' })
})

afterEach(() => store.stop())

function source(options: Partial<S3SourceOptions> = {}) {
  return s3Source({ client: store.client(), bucket: 'bucket', prefix: 'public/', ...options })
}

const keys = () => store.requests.map(({ method, key }) => `${method} ${key}`)

test('the objects of a bucket are served below their prefix', async () => {
  await withServer(streamFiles(source()), async ({ port }) => {
    const response = await request(port, '/a.txt')
    expect(response).toMatchObject({ status: 200, headers: { 'content-type': 'text/x-own' } })
    expect(String(response.body)).toBe('from the store')
    expect((await request(port, '/none.txt')).status).toBe(404)
  })
  expect(keys().slice(0, 2)).toEqual(['GET public/a.txt', 'GET public/none.txt'])
})

test('one object is a body of a route', async () => {
  const files = source()
  const response = await withServer(
    (_req, res) => void streamResponse(res, files.file('a.txt')),
    ({ port }) => request(port, '/', { headers: ['Range: bytes=5-7'] }),
  )
  expect([response.status, String(response.body)]).toEqual([206, 'the'])
})

test.each([
  [undefined, ['HEAD public/a.txt', 'HEAD public/a.txt']],
  [0, ['HEAD public/a.txt', 'HEAD public/a.txt']],
  [60_000, ['HEAD public/a.txt']],
])('with metadataTtl: %p two HEAD requests are %j', async (metadataTtl, expected) => {
  await withServer(streamFiles(source({ metadataTtl })), async ({ port }) => {
    for (let round = 0; round < 2; round++) {
      expect(await request(port, '/a.txt', { method: 'HEAD' })).toMatchObject({ status: 200 })
    }
  })
  expect(keys()).toEqual(expected)
})

test('a store that sends nothing for as long as stallTimeout says is a 504', async () => {
  store.intercept = () => true
  const files = streamFiles(source({ stallTimeout: 1 }))
  const { status } = await withServer(files, ({ port }) => request(port, '/a.txt'))
  expect(status).toBe(504)
})

test('an invalid option is a TypeError', () => {
  expect(() => source({ bucket: '' })).toThrow(
    new TypeError('s3Source: option "bucket" must be the name of a bucket, not ""'),
  )
})
