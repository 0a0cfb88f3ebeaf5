import { resolve } from 'node:path'
import {
  fallbackResponseSettings,
  fileResponseSettings,
  middlewareResponseSettings,
  notFoundResponseSettings,
  streamBodySettings,
} from '../../lib/options/response-settings.js'
import { resolveStreamFilesOptions } from '../../lib/options/stream-files-options.js'
import { resolveStreamResponseOptions } from '../../lib/options/stream-response-options.js'
import type { OpenFile } from '../../lib/source/source.js'
import { QueuedReader, textOf } from '../support/queued-reader.js'

const nginx = { header: 'X-Accel-Redirect', prefix: '/_files/' }
const transform = () => ['trans', 'formed']

const ofMiddleware = (options: object) =>
  middlewareResponseSettings(resolveStreamFilesOptions(options), 'public')

const ofRoute = (options: object) =>
  fileResponseSettings(resolveStreamResponseOptions(options, 'path'))

/** A file whose content no test reads. */
function fileOf(follow: OpenFile['follow'] = () => new QueuedReader()): OpenFile {
  const body = () => new QueuedReader()
  return { path: 'a.txt', size: 3, follow, body } as Partial<OpenFile> as OpenFile
}

describe.each([
  ['streamFiles', ofMiddleware],
  ['streamResponse', ofRoute],
])('a file of %s', (_caller, settingsOf) => {
  test.each([
    [{}, 'public, max-age=0', true],
    [{ maxAge: 1000 }, 'public, max-age=1', false],
    [{ immutable: true }, 'public, max-age=0, immutable', false],
    [{ cacheControl: false, maxAge: 1000 }, undefined, false],
  ])('with %j has Cache-Control %p; a stored one is kept: %p', (options, field, kept) => {
    expect(settingsOf(options)).toMatchObject({ cacheControl: field, keepCacheControl: kept })
    expect(settingsOf(options).cacheControlOf).toBeUndefined()
  })

  test('that is transformed has neither validators nor ranges of the file', () => {
    const settings = settingsOf({ transform })
    expect(settings).toMatchObject({ etag: false, lastModified: false, acceptRanges: false })
    expect(settings.makeBody).toBeDefined()
    const etag = () => '"own"'
    expect(settingsOf({ transform, etag }).etag).toBe(etag)
  })

  test('that is sent as it is has both', () => {
    const settings = settingsOf({})
    expect(settings).toMatchObject({ etag: true, lastModified: true, acceptRanges: true })
    expect(settings.makeBody).toBeUndefined()
  })

  test('is offloaded from its root', () => {
    const root = settingsOf === ofRoute ? { root: 'public' } : {}
    const { offload } = settingsOf({ offload: nginx, ...root })
    expect(offload?.name).toBe('X-Accel-Redirect')
    expect(offload?.value(resolve('public/a/b.txt'))).toBe('/_files/a/b.txt')
    expect(settingsOf({}).offload).toBeUndefined()
  })
})

describe('the Cache-Control of each file', () => {
  test('is what a function returns, and no stored one is kept', () => {
    const cacheControl = () => 'private'
    expect(ofMiddleware({ cacheControl, maxAge: 1000 })).toMatchObject({
      cacheControl: undefined,
      cacheControlOf: cacheControl,
      keepCacheControl: false,
    })
  })

  test.each([
    ['index.html', 'no-cache'],
    ['app.own', 'no-cache'],
    ['app.bf2c1a9e.js', 'public, max-age=31536000, immutable'],
    ['app.js', 'public, max-age=60'],
  ])('of %s is %j with "fingerprinted"', (path, field) => {
    const settings = ofMiddleware({
      cacheControl: 'fingerprinted',
      maxAge: 60_000,
      types: { own: 'text/html' },
    })
    expect(settings).toMatchObject({ cacheControl: undefined, keepCacheControl: false })
    expect(settings.cacheControlOf?.({ path, size: 1, modified: undefined })).toBe(field)
  })

  test('with "fingerprinted" and "immutable" is of all other files too', () => {
    const { cacheControlOf } = ofMiddleware({ cacheControl: 'fingerprinted', immutable: true })
    const file = { path: 'app.js', size: 1, modified: undefined }
    expect(cacheControlOf?.(file)).toBe('public, max-age=0, immutable')
  })
})

test('media types of the application are known by extension', () => {
  expect(ofMiddleware({ types: { own: 'text/x-own' } }).ownTypeOf?.('a.own')).toMatch('text/x-own')
  expect(ofMiddleware({}).ownTypeOf?.('a.own')).toBeUndefined()
})

describe('a page that is sent instead of a missing file', () => {
  const cacheControl = () => 'public, max-age=31536000'

  test.each([
    [{}, 'no-cache'],
    [{ maxAge: 1000 }, 'no-cache'],
    [{ cacheControl }, 'no-cache'],
    [{ cacheControl: false }, undefined],
  ])('has with %p the Cache-Control %p', (options, field) => {
    const settings = resolveStreamFilesOptions(options)
    const ofFile = middlewareResponseSettings(settings, 'public')
    for (const ofPage of [fallbackResponseSettings, notFoundResponseSettings]) {
      expect(ofPage(settings, ofFile)).toMatchObject({
        cacheControl: field,
        cacheControlOf: undefined,
        keepCacheControl: false,
      })
    }
  })

  test('has validators and ranges as the fallback, and none as the page of a 404', () => {
    const settings = resolveStreamFilesOptions({})
    const ofFile = middlewareResponseSettings(settings, 'public')
    const all = { acceptRanges: true, etag: true, lastModified: true }
    expect(fallbackResponseSettings(settings, ofFile)).toMatchObject(all)
    const none = { acceptRanges: false, etag: false, lastModified: false }
    expect(notFoundResponseSettings(settings, ofFile)).toMatchObject(none)
  })
})

describe('a file of one route', () => {
  test('is sent in chunks of 64 KiB unless told otherwise', () => {
    expect(ofRoute({}).chunkSize).toBe(64 * 1024)
    expect(ofRoute({ chunkSize: 1000 }).chunkSize).toBe(1000)
  })

  test.each([
    [{}, false, undefined],
    [{ contentLength: true }, true, undefined],
    [{ contentLength: 'auto' }, 'auto', undefined],
    [{ transform, contentLength: 11 }, true, 11],
    [{ transform, contentLength: 0 }, true, 0],
  ])('with %p has a length: %p, of %p bytes', (options, contentLength, exactLength) => {
    expect(ofRoute(options)).toMatchObject({ contentLength, exactLength })
  })

  test.each([
    [false, 'transformed'],
    [11, 'transformed'],
    [12, 'failed'],
    [10, 'failed'],
  ])('that is transformed with contentLength: %p is read: %s', async (contentLength, expected) => {
    const reader = ofRoute({ transform, contentLength }).makeBody?.(fileOf(), { start: 0 })
    expect(await textOf(reader ?? new QueuedReader()).catch(() => 'failed')).toBe(expected)
  })

  test('that is followed is read from its start until the options end it', () => {
    const { signal } = new AbortController()
    const follow = jest.fn(() => new QueuedReader())
    const settings = ofRoute({
      follow: true,
      followIdle: 5,
      signal,
      etag: () => '"own"',
      chunkSize: 1000,
    })
    settings.makeBody?.(fileOf(follow), { start: 7 })
    expect(follow.mock.calls).toEqual([[7, { idle: 5, signal }]])
    // The tag of a file that grows would be the same for different bodies.
    expect(settings).toMatchObject({ etag: false, lastModified: false, acceptRanges: false })
    expect(settings).toMatchObject({ chunkSize: 1000, cacheControl: 'public, max-age=0' })
  })
})

describe('a body that is not a file', () => {
  const ofStream = (options: object) =>
    streamBodySettings(resolveStreamResponseOptions(options, 'stream'))

  test.each([
    [{}, undefined],
    [{ maxAge: 1000 }, 'public, max-age=1'],
    [{ immutable: true }, 'public, max-age=0, immutable'],
    [{ cacheControl: false, maxAge: 1000 }, undefined],
  ])('with %j has Cache-Control %p', (options, cacheControl) => {
    expect(ofStream(options).cacheControl).toBe(cacheControl)
  })

  test.each([
    [{}, { chunkSize: undefined, contentLength: false, exactLength: undefined }],
    [{ chunkSize: 10 }, { chunkSize: 10, contentLength: false, exactLength: undefined }],
    [{ contentLength: 'auto' }, { contentLength: 'auto', exactLength: undefined }],
    [{ contentLength: 5 }, { contentLength: true, exactLength: 5 }],
  ])('with %j has the settings %j', (options, settings) => {
    expect(ofStream(options)).toMatchObject(settings)
  })
})
