import { FirstFoundSource } from '../../lib/source/first-found-source.js'
import type { FileSource, OpenFile, OpenResult } from '../../lib/source/source.js'

const codeOf: Readonly<Record<number, string>> = { 404: 'ENOENT', 403: 'EACCES' }
const file: OpenResult = { kind: 'file', file: {} as OpenFile }
const directory: OpenResult = { kind: 'directory' }
const nothing: OpenResult = { kind: 'missing' }
const missing = failed(404)
const refused = failed(403)
const broken = failed(502)

function failed(status: number): OpenResult {
  return { kind: 'missing', error: Object.assign(new Error(), { code: codeOf[status] }) }
}

function sourceOf(result: OpenResult, isCustom = false): FileSource {
  return { isCustom, open: async () => result }
}

test.each<[results: OpenResult[], found: OpenResult]>([
  [[missing, file], file],
  [[directory, file], file],
  [[refused, file], file],
  [[broken, file], broken],
  [[file, broken], file],
  [[missing, directory], directory],
  [[directory, refused], directory],
  [[missing, refused, nothing], refused],
  [[nothing, missing], missing],
  [[nothing, nothing], nothing],
])('%# the first file is found, or else what tells most', async (results, found) => {
  const source = new FirstFoundSource(results.map((result) => sourceOf(result)))
  expect(await source.open('name')).toEqual(found)
})

test('it is one of the application if any of its sources is', () => {
  expect(new FirstFoundSource([sourceOf(file), sourceOf(file)]).isCustom).toBe(false)
  expect(new FirstFoundSource([sourceOf(file), sourceOf(file, true)]).isCustom).toBe(true)
})
