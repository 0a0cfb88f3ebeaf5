import { S3Client } from '@aws-sdk/client-s3'
import { firstOf, memorySource, streamFiles, streamResponse } from '../../lib/index.js'
import { bodyKind, resolveResponseBody } from '../../lib/options/response-body.js'
import { resolveStreamFilesOptions } from '../../lib/options/stream-files-options.js'
import { resolveStreamResponseOptions } from '../../lib/options/stream-response-options.js'
import { s3Source } from '../../lib/s3.js'
import type { FileReference } from '../../lib/source/custom/source-contract.js'
import { loadSendfile } from '../../lib/source/disk/sendfile.js'

const res = { writeHead() {}, setHeader() {} }
const { platform } = process

/** What `streamResponse` does first. */
function resolveFor(body: FileReference, options: { readonly sendfile: boolean | 'auto' }) {
  return resolveStreamResponseOptions(options, bodyKind(resolveResponseBody(body, {})))
}

afterEach(() => Object.defineProperty(process, 'platform', { value: platform }))

function onAnotherSystem(): void {
  Object.defineProperty(process, 'platform', { value: 'darwin' })
}

test('true and "auto" resolve to the system calls, and false to none', () => {
  expect(resolveStreamFilesOptions({ sendfile: true }).sendfile).toBe(loadSendfile())
  expect(resolveStreamFilesOptions({ sendfile: 'auto' }).sendfile).toBe(loadSendfile())
  expect(resolveStreamFilesOptions({ sendfile: false }).sendfile).toBe(false)
})

test.each([1, 'yes', {}])('%p is a TypeError that says what is accepted', (value) => {
  expect(() => streamFiles('.', { sendfile: value as never })).toThrow(
    /^streamFiles: option "sendfile" must be true, false or "auto", not /,
  )
})

test('true is a TypeError that says what is needed where the calls are not available', () => {
  onAnotherSystem()
  for (const [name, call] of [
    ['streamFiles', () => streamFiles('.', { sendfile: true })],
    ['streamResponse', () => streamResponse(res as never, 'a', { sendfile: true })],
  ] as const) {
    expect(call).toThrow(TypeError)
    expect(call).toThrow(`${name}: option "sendfile" needs Linux`)
  }
})

test('"auto" resolves to none where the calls are not available', () => {
  onAnotherSystem()
  expect(resolveStreamFilesOptions({ sendfile: 'auto' }).sendfile).toBe(false)
})

test('a body that is not a file has no such option', () => {
  expect(() => streamResponse(res as never, ['a'], { sendfile: true } as never)).toThrow(
    /"sendfile" is for a file/,
  )
})

describe('sources whose files are not on the disk', () => {
  const memory = memorySource({ a: '' })
  const objects = s3Source({ client: new S3Client({}), bucket: 'bucket' })
  const reason = '"sendfile" is for files of the disk, which this source does not have'

  test.each([
    ['memory', memory],
    ['S3', objects],
    ['several', firstOf(memory, firstOf(objects))],
  ])('%s: true is a TypeError, and "auto" has no effect', (_name, source) => {
    expect(() => streamFiles(source, { sendfile: true })).toThrow(TypeError)
    expect(() => streamFiles(source, { sendfile: true })).toThrow(`streamFiles: option ${reason}`)
    streamFiles(source, { sendfile: 'auto' })
    const body = { source, name: 'a' }
    expect(() => resolveFor(body, { sendfile: true })).toThrow(`streamResponse: option ${reason}`)
    resolveFor(body, { sendfile: 'auto' })
  })

  test('true is accepted if there may be files of the disk, too', () => {
    const wrapper = { open: () => undefined }
    for (const source of [firstOf(memory, '.'), wrapper, firstOf(memory, wrapper)]) {
      streamFiles(source, { sendfile: true })
      resolveFor({ source, name: 'a' }, { sendfile: true })
    }
  })
})

test('nothing is loaded without the option', () => {
  jest.isolateModules(() => {
    const loaded = jest.fn(() => ({}))
    jest.doMock('koffi', loaded)
    const isolated = require('../../lib/index') as { streamFiles: typeof streamFiles }
    isolated.streamFiles('.')
    isolated.streamFiles('.', { sendfile: false })
    expect(loaded).not.toHaveBeenCalled()
    expect(() => isolated.streamFiles('.', { sendfile: true })).toThrow('npm install koffi')
    expect(loaded).toHaveBeenCalledTimes(1)
    jest.dontMock('koffi')
  })
})

test.each([
  ['EMFILE', 2],
  ['MODULE_NOT_FOUND', 1],
])('"auto" after koffi failed to load with %s: it is loaded %i times', (code, expected) => {
  let attempts = 0
  jest.isolateModules(() => {
    jest.doMock('koffi', () => {
      attempts++
      throw Object.assign(new Error(code), { code })
    })
    const { resolveStreamFilesOptions: resolve } =
      require('../../lib/options/stream-files-options.js') as typeof import('../../lib/options/stream-files-options.js')
    for (const _ of [1, 2]) expect(resolve({ sendfile: 'auto' }).sendfile).toBe(false)
    jest.dontMock('koffi')
  })
  expect(attempts).toBe(expected)
})
