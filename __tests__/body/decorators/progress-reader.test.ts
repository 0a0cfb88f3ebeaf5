import {
  type Progress,
  ProgressReader,
  ProgressReporter,
} from '../../../lib/body/decorators/progress-reader.js'
import { PooledBuffers } from '../../../lib/source/buffer-pool.js'
import { MemoryReader } from '../../../lib/source/memory/memory-reader.js'
import { eventually } from '../../support/eventually.js'

let clock = 0

beforeEach(() => jest.spyOn(performance, 'now').mockImplementation(() => clock))
afterEach(() => jest.restoreAllMocks())

test('a report is made at most ten times a second, and always at the end', () => {
  const seen: Progress[] = []
  const report = new ProgressReporter((progress) => seen.push(progress), 1000)
  for (let bytes = 10; bytes <= 1000; bytes += 10) {
    clock += 10
    report.sent(bytes)
  }
  report.ended(1000)
  const onTheWay = [100, 200, 300, 400, 500, 600, 700, 800, 900, 1000]
  expect(seen).toEqual([...onTheWay, 1000].map((bytesSent) => ({ bytesSent, total: 1000 })))
})

test('a report has no total if the length of the body is unknown', () => {
  const seen: Progress[] = []
  new ProgressReporter((progress) => seen.push(progress), undefined).ended(5)
  expect(seen).toEqual([{ bytesSent: 5 }])
})

test('a callback that throws is not called again, and emits one warning', () => {
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {})
  const onProgress = jest.fn(() => {
    throw new Error('bar')
  })
  const report = new ProgressReporter(onProgress, undefined)
  report.ended(1)
  report.ended(2)
  expect(onProgress).toHaveBeenCalledTimes(1)
  expect(warn.mock.calls).toEqual([['onProgress failed: Error: bar']])
})

test('what a callback throws need not have a text', async () => {
  const warn = jest.spyOn(process, 'emitWarning').mockImplementation(() => {})
  const thrown: unknown = Object.create(null)
  new ProgressReporter(() => {
    throw thrown
  }, undefined).ended(1)
  new ProgressReporter(() => Promise.reject(thrown), undefined).ended(1)
  await eventually(() => warn.mock.calls.length === 2)
  const warning = ['onProgress failed: an object without a text']
  expect(warn.mock.calls).toEqual([warning, warning])
})

test('a buffer counts as sent when the next one is read', () => {
  const seen: Progress[] = []
  const report = new ProgressReporter((progress) => seen.push(progress), undefined)
  const bytes = new MemoryReader(
    Buffer.from('abcde'),
    [{ start: 0, end: 4 }],
    3,
    new PooledBuffers(),
  )
  const reader = new ProgressReader(bytes, report)
  for (let read = 0; read < 3; read++) {
    clock += 100
    reader.read(3, () => {})
  }
  expect(seen).toEqual([{ bytesSent: 3 }, { bytesSent: 5 }])
})
