import { getEventListeners } from 'node:events'
import { statusOf } from '../../../lib/errors.js'
import { DirectoryFiles, FirstFoundFiles } from '../../../lib/source/built-in-source.js'
import { CustomSource } from '../../../lib/source/custom/custom-source.js'
import type { OpenContext, Source, SourceFile } from '../../../lib/source/custom/source-contract.js'
import { eventually } from '../../support/eventually.js'
import { directoryOf, removeDirectories } from '../../support/files.js'
import { NEVER, RecordedSource } from '../../support/recorded-source.js'

const content = { chunks: () => [] }

function opened(open: Source['open'], context?: OpenContext) {
  return new CustomSource({ open }).open('name', context)
}

/** A request whose client can disconnect. */
function request() {
  const controller = new AbortController()
  return {
    context: { signal: controller.signal, method: 'GET' },
    disconnect: () => controller.abort(),
  }
}

test('a file is opened, at once or after a while', async () => {
  expect(await opened(() => ({ ...content, size: 5 }))).toMatchObject({
    kind: 'file',
    file: { path: 'name', size: 5 },
  })
  expect((await opened(async () => content)).kind).toBe('file')
})

test.each([[undefined], [null]])('%p is a missing file', async (nothing) => {
  expect(await opened(() => nothing as undefined)).toEqual({ kind: 'missing' })
})

test('the root itself is not asked for', async () => {
  const source = new RecordedSource('')
  expect(await new CustomSource(source).open('')).toEqual({ kind: 'missing' })
  expect(source.events).toEqual([])
})

test.each<[what: string, error: unknown, status: number]>([
  ['status', Object.assign(new Error('secret host'), { status: 403 }), 403],
  ['statusCode', Object.assign(new Error('secret host'), { statusCode: 404 }), 404],
  ['status of no error', Object.assign(new Error('secret host'), { status: 200 }), 500],
  ['errno', Object.assign(new Error('secret host'), { code: 'ENOENT' }), 404],
  ['no status', new Error('secret host'), 500],
  ['no error', 'secret host', 500],
])('of an error with a %s only the status is told', async (_what, error, status) => {
  for (const open of [
    () => Promise.reject(error),
    () => {
      throw error
    },
  ]) {
    const result = await opened(open)
    if (result.kind !== 'missing') throw new Error('It is no file')
    expect(statusOf(result.error)).toBe(status)
    expect(String(result.error)).not.toContain('secret')
    expect(JSON.stringify(result.error)).not.toContain('secret')
    expect((result.error as Error).cause).toBe(error)
  }
})

test.each<[what: string, file: unknown]>([
  ['"chunks" must be a function', {}],
  ['"size" must be a number of bytes', { ...content, size: -1 }],
  ['"size" must be a number of bytes', { ...content, size: '5' }],
  ['"modified" must be a valid Date', { ...content, modified: new Date('x') }],
  ['"modified" must be a valid Date, or undefined', { ...content, modified: null }],
  ['"modified" must be a valid Date, or undefined', { ...content, modified: '2026-11-25' }],
  ['"type" must be a string', { ...content, type: 5 }],
  ['"type" must be a string', { ...content, type: null }],
  ['"contentEncoding" must be a string', { ...content, contentEncoding: ['gzip'] }],
  ['"contentLanguage" must be a string', { ...content, contentLanguage: {} }],
  ['"contentDisposition" must be a string', { ...content, contentDisposition: true }],
  ['"cacheControl" must be a string', { ...content, cacheControl: 60 }],
  ['"etag" must be an entity tag', { ...content, etag: 'unquoted' }],
])('a file is closed and fails if %s', async (problem, file) => {
  let closed = 0
  const result = await opened(() => ({ ...(file as SourceFile), close: () => void closed++ }))
  if (result.kind !== 'missing') throw new Error('It is no file')
  expect((result.error as Error).cause).toEqual(
    expect.objectContaining({ message: expect.stringContaining(problem) }),
  )
  expect([closed, statusOf(result.error)]).toEqual([1, 500])
})

test('the signal fires when the client disconnects, while a file is opened and after', async () => {
  const { context, disconnect } = request()
  const source = new RecordedSource('content')
  await new CustomSource(source).open('name', context)
  disconnect()
  expect(source.events).toEqual(['open', 'abort open'])
})

test('an open that never ends does not outlive the client', async () => {
  const { context, disconnect } = request()
  const source = new RecordedSource('content')
  source.opening = NEVER
  const result = new CustomSource(source).open('name', context)
  disconnect()
  expect((await result).kind).toBe('missing')
})

test('a file that is opened after the client has disconnected is closed', async () => {
  const { context, disconnect } = request()
  let proceed = () => {}
  const source = new RecordedSource('content')
  source.opening = new Promise<void>((resolve) => {
    proceed = resolve
  })
  const result = new CustomSource(source).open('name', context)
  disconnect()
  proceed()
  expect((await result).kind).toBe('missing')
  await eventually(() => source.count('close') > 0)
  expect(source.events).toEqual(['open', 'abort open', 'close'])
})

test('after the client has disconnected nothing is opened', async () => {
  const { context, disconnect } = request()
  disconnect()
  const source = new RecordedSource('content')
  expect((await new CustomSource(source).open('name', context)).kind).toBe('missing')
  expect(source.events).toEqual([])
})

test('a source that does not open in time is a 504, and its signal fires', async () => {
  const source = new RecordedSource('content')
  source.opening = NEVER
  const result = await new CustomSource(source).open('name', {
    ...request().context,
    stallTimeout: 1,
  })
  if (result.kind !== 'missing') throw new Error('It is no file')
  expect(statusOf(result.error)).toBe(504)
  expect(source.events).toEqual(['open', 'abort open'])
})

describe('of a signal that outlives the files, nothing is kept', () => {
  const listeners = (signal: AbortSignal) => getEventListeners(signal, 'abort').length

  test.each<[what: string, open: Source['open']]>([
    ['there is no file', () => undefined],
    ['a file is invalid', () => ({ ...content, size: -1 })],
    [
      'it fails',
      () => {
        throw new Error('open')
      },
    ],
  ])('once %s', async (_what, open) => {
    const { context } = request()
    let signal: AbortSignal | undefined
    await opened((name, given) => {
      signal = given.signal
      return open(name, given)
    }, context)
    await eventually(() => signal?.aborted === true)
    expect(listeners(context.signal)).toBe(0)
  })

  test('once a source did not open in time', async () => {
    const { context } = request()
    await opened(() => NEVER, { ...context, stallTimeout: 1 } as OpenContext)
    expect(listeners(context.signal)).toBe(0)
  })

  test('once the file was closed, and its signal fires then', async () => {
    const { context } = request()
    const source = new RecordedSource('content')
    const result = await new CustomSource(source).open('name', context)
    if (result.kind !== 'file') throw new Error('There is no file')
    expect([listeners(context.signal), source.count('abort open')]).toEqual([1, 0])
    result.file.close()
    await eventually(() => source.count('abort open') === 1)
    expect(source.events).toEqual(['open', 'close', 'abort open'])
    expect(listeners(context.signal)).toBe(0)
  })

  test.each(['a source of the application', 'the disk'])(
    'once a file of %s was closed that sources passed on',
    async (from) => {
      const root = directoryOf({ name: 'content' })
      const inner =
        from === 'the disk' ? new DirectoryFiles(root, 'inside') : new RecordedSource('x')
      const nested = new FirstFoundFiles([{ open: (...given) => inner.open(...given) }])
      const outer = new FirstFoundFiles([{ open: (...given) => nested.open(...given) }])
      const { context } = request()
      const file = await outer.open('name', context)
      expect(listeners(context.signal)).toBe(1)
      await file?.close?.()
      await eventually(() => listeners(context.signal) === 0)
      removeDirectories()
    },
  )

  test('without a signal, the one of the source fires when the file was closed', async () => {
    const source = new RecordedSource('content')
    const result = await new CustomSource(source).open('name')
    if (result.kind !== 'file') throw new Error('There is no file')
    result.file.close()
    await eventually(() => source.count('abort open') === 1)
  })
})
