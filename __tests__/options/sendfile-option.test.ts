import { streamFiles, streamResponse } from '../../lib/index.js'
import { resolveStreamFilesOptions } from '../../lib/options/stream-files-options.js'
import { loadSendfile } from '../../lib/source/disk/sendfile.js'

const res = { writeHead() {}, setHeader() {} }
const { platform } = process

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
