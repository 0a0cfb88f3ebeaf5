import { memorySource, streamFiles } from '../../lib/index.js'
import { resolveStreamFilesOptions } from '../../lib/options/stream-files-options.js'
import { resolveStreamResponseOptions } from '../../lib/options/stream-response-options.js'

const nginx = { header: 'X-Accel-Redirect', prefix: '/_files/' }
const sendfile = { header: 'X-Sendfile' }

/** Callers without TypeScript pass what they have. */
const files = (options: unknown) => resolveStreamFilesOptions(options as object)
const route = (options: unknown, kind: 'path' | 'handle' | 'stream' = 'path') =>
  resolveStreamResponseOptions(options as object, kind)

test.each([nginx, sendfile])('"offload" may be %j', (offload) => {
  expect(files({ offload }).offload).toEqual(offload)
  expect(route({ offload, root: '/srv' }).offload).toEqual(offload)
})

test.each([
  true,
  'X-Sendfile',
  ['X-Sendfile'],
  {},
  { header: 'X-Other' },
  { header: 'X-Sendfile', prefix: '/_files/' },
  { ...nginx, root: '/srv' },
])('"offload" may not be %j', (offload) => {
  expect(() => files({ offload })).toThrow(
    /^streamFiles: option "offload" must be \{ header: "X-Accel-Redirect", prefix: .* not /,
  )
})

test.each([undefined, '', '_files/', '/_files', '/a//b/', '/a/../b/', '/./', '/\ud800/', 7])(
  'the prefix may not be %j',
  (prefix) => {
    expect(() => files({ offload: { ...nginx, prefix } })).toThrow(
      /^streamFiles: option "offload" needs a "prefix", a path .* begins and ends with a slash, not /,
    )
  },
)

const BOTH = [
  { acceptRanges: false },
  { chunkSize: 1000 },
  { contentLength: true },
  { contentLength: 'auto' },
  { stallTimeout: 1000 },
  { transform: (chunks: unknown) => chunks },
]
const ROUTE = [
  ...BOTH,
  { digest: 'sha-256' },
  { end: 5 },
  { follow: true },
  { maxRate: 1000 },
  { onProgress: () => {} },
  { start: 1 },
]

test.each(BOTH)('streamFiles: "offload" does not go with %p', (option) => {
  const [name] = Object.keys(option)
  const message = `streamFiles: option "offload" does not go with "${name}", which the server in front decides`
  expect(() => files({ offload: sendfile, ...option })).toThrow(new TypeError(message))
})

test.each(ROUTE)('streamResponse: "offload" does not go with %p', (option) => {
  const [name] = Object.keys(option)
  expect(() => route({ offload: sendfile, ...option })).toThrow(
    `streamResponse: option "offload" does not go with "${name}"`,
  )
})

test('"offload" does not go with "sendfile": true, and "auto" has no effect with it', () => {
  const conflict = 'option "offload" does not go with "sendfile", which the server in front decides'
  for (const [caller, resolve] of [
    ['streamFiles', files],
    ['streamResponse', route],
  ] as const) {
    expect(() => resolve({ offload: sendfile, sendfile: true })).toThrow(
      new TypeError(`${caller}: ${conflict}`),
    )
    expect(resolve({ offload: sendfile, sendfile: 'auto' }).offload).toEqual(sendfile)
  }
})

test('a default that is given is no conflict', () => {
  const defaults = { acceptRanges: true, contentLength: false, etag: true, lastModified: null }
  expect(files({ offload: nginx, ...defaults, precompressed: false }).offload).toEqual(nginx)
  expect(route({ offload: nginx, root: '/srv', ...defaults, start: 0 }).offload).toEqual(nginx)
})

test.each([{ etag: false }, { etag: () => 'tag' }, { lastModified: false }])(
  'nginx makes the validators, and Apache and lighttpd keep them: %p',
  (option) => {
    expect(() => files({ offload: nginx, ...option })).toThrow(/does not go with "(etag|lastMod)/)
    expect(files({ offload: sendfile, ...option })).toMatchObject(option)
  },
)

test('"offload" goes with no status except 200', () => {
  expect(() => route({ offload: sendfile, status: 404 })).toThrow(
    'streamResponse: option "offload" does not go with "status" 404',
  )
  expect(route({ offload: sendfile, status: 200 }).status).toBe(200)
})

test('"X-Accel-Redirect" needs a root, and "X-Sendfile" does not', () => {
  expect(() => route({ offload: nginx })).toThrow(
    'streamResponse: option "offload" with "X-Accel-Redirect" needs "root"',
  )
  expect(route({ offload: sendfile }).offload).toEqual(sendfile)
})

test.each(['handle', 'stream'] as const)('"offload" is for a path, and not for a %s', (kind) => {
  expect(() => route({ offload: sendfile }, kind)).toThrow('"offload" is for a path')
})

test.each([[memorySource({})], [['a', 'b']]])('"offload" is for one directory', (root) => {
  expect(() => streamFiles(root, { offload: { header: 'X-Sendfile' } })).toThrow(
    'streamFiles: option "offload" is for a root that is one path',
  )
})
