/** @jest-environment ./__tests__/support/node-errors-environment.cjs */
import type { SourceFile } from '../../../lib/source/custom/source-contract.js'
import { Bucket } from '../../../lib/source/s3/bucket.js'
import { objectFile } from '../../../lib/source/s3/object-file.js'
import { eventually } from '../../support/eventually.js'
import { patternOf } from '../../support/files.js'
import { ScriptedStore } from '../../support/scripted-store.js'

const CONTENT = patternOf(4 * 1024 * 1024)
const LAST = CONTENT.length - 1
const { signal } = new AbortController()

let store: ScriptedStore
let bucket: Bucket

beforeEach(async () => {
  store = new ScriptedStore()
  await store.start()
  store.put('a.bin', CONTENT)
  bucket = new Bucket(store.client(), 'bucket', 30_000)
})

afterEach(() => store.stop())

/** The file of an object, with the bytes of `range` that came with its metadata; or with none. */
async function fileWith(range: string | undefined | 'no bytes'): Promise<SourceFile> {
  if (range === 'no bytes') {
    const result = await bucket.head('a.bin', signal)
    if (result.kind !== 'object') throw new Error(result.kind)
    return objectFile(bucket, 'a.bin', result.metadata, undefined)
  }
  const result = await bucket.get('a.bin', { range, signal })
  if (result.kind !== 'object') throw new Error(result.kind)
  return objectFile(bucket, 'a.bin', result.metadata, result.body)
}

async function read(file: SourceFile, start: number, end: number): Promise<Buffer> {
  const pieces: Uint8Array[] = []
  for await (const piece of file.chunks({ start, end, signal })) pieces.push(piece)
  return Buffer.concat(pieces)
}

/** The requests after the first, as `range if-match`. */
const furtherRequests = () =>
  store.requests.slice(1).map(({ range, ifMatch }) => [range, ifMatch !== undefined])

test('its metadata are those of the object', async () => {
  const file = await fileWith('no bytes')
  expect(file).toMatchObject({ size: CONTENT.length, modified: new Date('2024-02-29T12:34:56Z') })
})

test.each<[range: string | undefined, start: number, end: number]>([
  [undefined, 0, LAST],
  ['bytes=5-9', 5, 9],
])('the bytes that came with the metadata (%s) need no request', async (range, start, end) => {
  const bytes = await read(await fileWith(range), start, end)
  expect(bytes.equals(CONTENT.subarray(start, end + 1))).toBe(true)
  expect(furtherRequests()).toEqual([])
})

test.each<[what: string, range: string | undefined, start: number, end: number, field: unknown]>([
  ['that begin elsewhere', undefined, 1, LAST, `bytes=1-${LAST}`],
  ['that end elsewhere', undefined, 0, 9, 'bytes=0-9'],
  ['of the whole', 'bytes=0-9', 0, LAST, undefined],
  ['where none came', 'no bytes', 5, 9, 'bytes=5-9'],
])('other bytes, %s, are got of the same version', async (_what, range, start, end, field) => {
  const bytes = await read(await fileWith(range), start, end)
  expect(bytes.equals(CONTENT.subarray(start, end + 1))).toBe(true)
  expect(furtherRequests()).toEqual([[field, true]])
})

test('the bytes that came are read once, and got again after that', async () => {
  const file = await fileWith('bytes=0-9')
  expect(await read(file, 0, 9)).toEqual(CONTENT.subarray(0, 10))
  expect(await read(file, 0, 9)).toEqual(CONTENT.subarray(0, 10))
  expect(furtherRequests()).toEqual([['bytes=0-9', true]])
})

test('the connection of bytes that are not needed is closed', async () => {
  const file = await fileWith(undefined)
  const [first] = store.sockets
  await read(file, 5, 9)
  await eventually(() => first?.destroyed === true)
})

test('closing it closes the connection of bytes that were not read', async () => {
  const file = await fileWith(undefined)
  await file.close?.()
  await eventually(() => [...store.sockets].every(({ destroyed }) => destroyed))
})

test('closing it after its bytes were read leaves the connection to the next request', async () => {
  const file = await fileWith('bytes=0-9')
  await read(file, 0, 9)
  await file.close?.()
  await read(await fileWith('bytes=0-9'), 0, 9)
  expect(store.sockets.size).toBe(1)
})

test.each<[how: string, change: () => void]>([
  ['replaced', () => store.put('a.bin', 'other')],
  ['deleted', () => store.delete('a.bin')],
])('an object that was %s fails', async (_how, change) => {
  const file = await fileWith('bytes=0-9')
  change()
  await expect(read(file, 10, 19)).rejects.toMatchObject({ status: 503, code: 'ERR_FILE_CHANGED' })
})

test('other bytes than were asked for fail, and their connection is closed', async () => {
  const file = await fileWith('bytes=0-9')
  store.intercept = (req) => {
    delete req.headers.range
    return false
  }
  await expect(read(file, 10, 19)).rejects.toMatchObject({
    status: 502,
    cause: { message: 'The store sent other bytes than were asked for' },
  })
  await eventually(() => [...store.sockets].at(-1)?.destroyed === true)
})
