import { symlinkSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { streamFiles } from '../../lib/index.js'
import { directoryOf, removeDirectories } from '../support/files.js'
import { exchangeRaw, parseResponses, request } from '../support/raw-http.js'
import { serve, type TestServer } from '../support/server.js'

const NAMES = [
  'index.html',
  'public.txt',
  'docs/index.html',
  'docs/a+b.txt',
  'docs/with space.txt',
  'docs/100%.txt',
  'docs/[1]^2.txt',
  'caf\u00e9/\u{1f4a9}.txt',
  '%2e%2e/%2Fpublic.txt',
  '.well-known/security.txt',
]

// The content of a file is its name, so that a response shows which file it is.
const base = directoryOf({
  ...Object.fromEntries(NAMES.map((name) => [`www/${name}`, `the file ${name}`])),
  'www/.env': 'SECRET',
  'www/docs/.hidden/x': 'SECRET',
  'www-secret/x': 'SECRET',
  'public.txt': 'SECRET',
  x: 'SECRET',
})
if (process.platform !== 'win32') symlinkSync('..', join(base, 'www/up'))

let server: TestServer
beforeAll(async () => {
  server = await serve(streamFiles(join(base, 'www')))
})
afterAll(() => server.close())
afterAll(removeDirectories)

const UNRESERVED = /[A-Za-z0-9\-._~]/
// Browsers and encodeURIComponent do not agree about these, so both their spellings are canonical.
const EITHER_WAY = /[!$&'()*+,;=:@[\]|^]/

/** All canonical spellings of the path of a file, derived from its name without the library. */
function spellingsOf(name: string): RegExp {
  const path = [...name].map(spellingsOfCharacter).join('')
  // A directory stands for its index file.
  const directory = /(^|.*\/)index\\.html$/.exec(path)
  const either = directory === null ? path : `${directory[1]}(?:index\\.html)?`
  const absolute = '[hH][tT][tT][pP][sS]?://[A-Za-z0-9.:_[\\]-]+'
  // RFC 3986 §6.2.3: of a whole URI, no path is the path '/'.
  const withoutPath = directory?.[1] === '' ? `|^${absolute}$` : ''
  return new RegExp(`^(?:${absolute})?/${either}$${withoutPath}`)
}

function spellingsOfCharacter(character: string): string {
  if (character === '/') return '/'
  const literal = character.replace(/[^A-Za-z0-9]/, '\\$&')
  if (UNRESERVED.test(character)) return literal
  const encoded = [...Buffer.from(character)]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
    .join('')
  return EITHER_WAY.test(character) ? `(?:${literal}|${encoded})` : encoded
}

const proper = NAMES.map((name) => `/${name.split('/').map(encodeURIComponent).join('/')}`)
const pieces = fc.constantFrom(
  ...['/', '//', '/./', '/../', '.', '..', '\\', '?', '#', '%', '%00', '%2e', '%2E', '%2F', '%5C'],
  ...[
    '%C0%AE',
    '%25',
    '%61',
    '%2B',
    '%20',
    ';',
    ':',
    'x',
    'up',
    'www',
    '.env',
    'docs',
    'index.html',
  ],
  ...['http://h', 'http://h;', '[', '~', '\xe9', '\0'],
)

const bytes = fc.uint8Array({ maxLength: 60 }).map((array) => Buffer.from(array).toString('latin1'))
const assembled = fc.array(pieces, { maxLength: 8 }).map((parts) => `/${parts.join('')}`)
const altered = fc
  .tuple(fc.constantFrom(...proper), fc.nat(40), fc.nat(2), fc.oneof(pieces, fc.constant('')))
  .map(([target, place, removed, piece]) => {
    return target.slice(0, place) + piece + target.slice(place + removed)
  })
const reencoded = fc
  .tuple(fc.constantFrom(...proper), fc.nat(40), fc.boolean())
  .map(([target, place, upper]) => {
    const code = target.charCodeAt(place % target.length).toString(16)
    const encoded = `%${upper ? code.toUpperCase() : code}`
    return target.slice(0, place) + encoded + target.slice(place + 1)
  })
const targets = fc
  .oneof(bytes, assembled, altered, reencoded, fc.constantFrom(...proper))
  // Those end the request line, and spaces around the target are the line's: node skips them.
  .map((target) => target.replace(/[\r\n]/g, '').replace(/^ +| +$/g, ''))

/** A redirect stays on this host, and does not lead to another redirect to the same place. */
async function expectRedirectHere(target: string, location = ''): Promise<void> {
  expect(location).toMatch(/^\/(?![/\\])/)
  expect(location).not.toBe(target)
  const next = await request(server.port, location)
  expect([200, 301, 404]).toContain(next.status)
  expect(next.headers.location).not.toBe(location)
}

async function fileServedTo(target: string): Promise<string | undefined> {
  const request = `GET ${target} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n`
  const received = await exchangeRaw(server.port, Buffer.from(request, 'latin1'))
  expect(received.toString('latin1')).not.toContain('SECRET')
  const [response] = parseResponses(received)
  expect(response?.status).toBeLessThan(500)
  if (response?.status === 301) await expectRedirectHere(target, response.headers.location)
  return response?.status === 200 ? response.body.toString() : undefined
}

test('for any request-target, a served file is inside the root and requested by its name', async () => {
  let served = 0
  await fc.assert(
    fc.asyncProperty(targets, async (target) => {
      const content = await fileServedTo(target)
      if (content === undefined) return
      served++
      const name = NAMES.find((one) => content === `the file ${one}`)
      expect(name).toBeDefined()
      const [path = ''] = target.split('?')
      expect(path).toMatch(spellingsOf(name ?? ''))
    }),
    { numRuns: 1500, examples: [...proper, 'http://h'].map((target): [string] => [target]) },
  )
  expect(served).toBeGreaterThan(100)
})
