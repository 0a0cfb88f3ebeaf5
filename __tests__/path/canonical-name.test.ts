import { canonicalName } from '../../lib/path/canonical-name.js'
import type { RefusalReason } from '../../lib/path/refusal.js'

const PLATFORMS = ['linux', 'win32'] as const

const canonical: readonly [path: string, name: string, trailingSlash: boolean][] = [
  ['', '', false],
  ['/', '', true],
  ['/a', 'a', false],
  ['/a/', 'a', true],
  ['/a/b.txt', 'a/b.txt', false],
  ['/a/b/', 'a/b', true],
  ['/A-Z_0.9~', 'A-Z_0.9~', false],
  ["/!$&'()+,;=@", "!$&'()+,;=@", false],
  ['/%21%24%26%27%28%29%2B%2C%3B%3D%40', "!$&'()+,;=@", false],
  ['/[a]^b', '[a]^b', false],
  ['/%5Ba%5D%5Eb', '[a]^b', false],
  ['/with%20space', 'with space', false],
  ['/100%25', '100%', false],
  ['/%23x', '#x', false],
  ['/%7Bx%7D', '{x}', false],
  ['/%60', '`', false],
  ['/%252e%252e', '%2e%2e', false],
  ['/%252Fx', '%2Fx', false],
  ['/caf%C3%A9', 'café', false],
  ['/%F0%9F%92%A9', '💩', false],
  ['/...', '...', false],
  ['/..a', '..a', false],
  ['/a..', 'a..', false],
  ['/.a/.b', '.a/.b', false],
  ['/__proto__', '__proto__', false],
  ['/%C2%80', '\u0080', false],
]

const onlyOnPosix: readonly string[] = [
  '/a:b',
  '/%3A',
  '/a*',
  '/%2A',
  '/%3F',
  '/%22',
  '/%3Cx%3E',
  '/a|b',
  '/con',
  '/a/NUL.txt',
  '/com1',
  '/PROGRA~1/x',
  '/secret.txt.',
  '/secret.txt%20',
  '/directory./x',
  '/...',
  '/a..',
  '/file.txt::$DATA',
  '/C:/x',
]

const refused: readonly [path: string, reason: RefusalReason][] = [
  // Not a path, or not decodable
  ['*', 'malformed'],
  ['a', 'malformed'],
  ['admin/x', 'malformed'],
  ['http://h', 'malformed'],
  ['/%', 'malformed'],
  ['/%2', 'malformed'],
  ['/%zz', 'malformed'],
  ['/%u002e', 'malformed'],
  ['/a%', 'malformed'],
  ['/%00', 'malformed'],
  ['/a%00.txt', 'malformed'],
  ['/a\0', 'malformed'],
  ['/%0A', 'malformed'],
  ['/%0D%0AX:y', 'malformed'],
  ['/%1B', 'malformed'],
  ['/%7F', 'malformed'],
  ['/a\tb', 'malformed'],
  ['/a b', 'malformed'],
  ['/a#b', 'malformed'],
  ['/<a>', 'malformed'],
  ['/"', 'malformed'],
  ['/{a}', 'malformed'],
  ['/`', 'malformed'],
  ['/é', 'malformed'],
  ['/Ã©', 'malformed'],
  ['/%FF', 'malformed'],
  ['/%C3', 'malformed'],
  ['/%C3%28', 'malformed'],
  ['/%A9', 'malformed'],
  // Overlong '.', '/', NUL; a surrogate; beyond Unicode; the modified UTF-8 of Java
  ['/%C0%AE', 'malformed'],
  ['/%E0%80%AE', 'malformed'],
  ['/%F0%80%80%AE', 'malformed'],
  ['/%C0%AF', 'malformed'],
  ['/%C0%80', 'malformed'],
  ['/%ED%A0%80', 'malformed'],
  ['/%F4%90%80%80', 'malformed'],
  // Above the root, in any encoding, wherever it leads
  ['/..', 'above-root'],
  ['/../', 'above-root'],
  ['/../x', 'above-root'],
  ['/a/..', 'above-root'],
  ['/a/../b', 'above-root'],
  ['/a/b/../../../c', 'above-root'],
  ['/%2e%2e/x', 'above-root'],
  ['/%2E%2E/x', 'above-root'],
  ['/.%2e/x', 'above-root'],
  ['/%2e./x', 'above-root'],
  ['/..%2fx', 'above-root'],
  ['/..%2Fx', 'above-root'],
  ['/a%2f..%2fb', 'above-root'],
  ['/..\\x', 'above-root'],
  ['/..%5cx', 'above-root'],
  ['/a\\..\\b', 'above-root'],
  ['/%5C..', 'above-root'],
  // Another spelling of a name that has one
  ['//', 'not-canonical'],
  ['//a', 'not-canonical'],
  ['/a//b', 'not-canonical'],
  ['/a//', 'not-canonical'],
  ['/.', 'not-canonical'],
  ['/./', 'not-canonical'],
  ['/./a', 'not-canonical'],
  ['/a/.', 'not-canonical'],
  ['/a/./b', 'not-canonical'],
  ['/%2e/a', 'not-canonical'],
  ['/a/%2E', 'not-canonical'],
  ['/a%2fb', 'not-canonical'],
  ['/a%2Fb', 'not-canonical'],
  ['/%2Fa', 'not-canonical'],
  ['/a%2F', 'not-canonical'],
  ['/a\\b', 'not-canonical'],
  ['/a%5Cb', 'not-canonical'],
  ['/a%5cb', 'not-canonical'],
  ['/\\a', 'not-canonical'],
  ['/%61dmin', 'not-canonical'],
  ['/%41', 'not-canonical'],
  ['/%7A', 'not-canonical'],
  ['/%30', 'not-canonical'],
  ['/%39', 'not-canonical'],
  ['/%2D', 'not-canonical'],
  ['/%2Ea', 'not-canonical'],
  ['/%5F', 'not-canonical'],
  ['/%7E', 'not-canonical'],
  // Hex digits in lower case and something else that is wrong
  ['/%c3%a9%61', 'not-canonical'],
  ['/%c3%a9%7a', 'not-canonical'],
  ['/%c3%a9%2d', 'not-canonical'],
  ['/%c3%a9%2fx', 'not-canonical'],
  ['/%c3%a9%5cx', 'not-canonical'],
  ['/%c3%a9/./x', 'not-canonical'],
  ['/%c3%a9//x', 'not-canonical'],
  ['//%c3%a9', 'not-canonical'],
  ['/%c3%a9\\x', 'not-canonical'],
  ['/%c3%a9/../x', 'above-root'],
  ['/%c3%a9 x', 'malformed'],
  ['/%c3%28', 'malformed'],
  ['/%c0%ae', 'malformed'],
  ['/%0a', 'malformed'],
]

const lowerCase: readonly [path: string, name: string, canonicalPath: string][] = [
  ['/caf%c3%a9.html', 'caf\u00e9.html', '/caf%C3%A9.html'],
  ['/caf%c3%a9/', 'caf\u00e9', '/caf%C3%A9/'],
  ['/%C3%a9/%c3%A9/%C3%A9', '\u00e9/\u00e9/\u00e9', '/%C3%A9/%C3%A9/%C3%A9'],
  ['/%2b', '+', '/%2B'],
  ['/%5ba%5d', '[a]', '/%5Ba%5D'],
  ['/%f0%9f%92%a9', '\u{1f4a9}', '/%F0%9F%92%A9'],
  ['/%25c3%c3%a9', '%c3\u00e9', '/%25c3%C3%A9'],
  ['/.%c3%a9', '.\u00e9', '/.%C3%A9'],
]

describe.each(PLATFORMS)('on %s', (platform) => {
  const inPlace = canonical.filter(([path]) => platform === 'linux' || !onlyOnPosix.includes(path))

  test.each(inPlace)('%j is the canonical spelling of %j', (path, name, trailingSlash) => {
    expect(canonicalName(path, platform)).toEqual({ ok: true, name, trailingSlash })
  })

  test.each(refused)('%j is %s', (path, reason) => {
    expect(canonicalName(path, platform)).toEqual({ ok: false, reason })
  })

  test.each(lowerCase)(
    '%j is %j but for the case of its hex digits',
    (path, name, canonicalPath) => {
      const trailingSlash = path.endsWith('/')
      expect(canonicalName(path, platform)).toEqual({
        ok: false,
        reason: 'lower-case-encoding',
        name,
        trailingSlash,
        canonicalPath,
      })
      expect(canonicalName(canonicalPath, platform)).toEqual({ ok: true, name, trailingSlash })
    },
  )

  test.each(['/%3a', '/%3f', '/con.%c3%a9/con', '/%2a'])(
    `%j is ${platform === 'win32' ? 'not served' : 'a name'} in either case`,
    (path) => {
      const { ok } = canonicalName(
        path.replaceAll(/%../g, (byte) => byte.toUpperCase()),
        platform,
      )
      expect(ok).toBe(platform === 'linux')
      const reason = platform === 'linux' ? 'lower-case-encoding' : 'unservable'
      expect(canonicalName(path, platform)).toMatchObject({ ok: false, reason })
    },
  )

  test.each(onlyOnPosix)(`%j is ${platform === 'win32' ? 'unservable' : 'a name'}`, (path) => {
    const verdict = canonicalName(path, platform)
    if (platform === 'linux') expect(verdict.ok).toBe(true)
    else expect(verdict).toEqual({ ok: false, reason: 'unservable' })
  })
})

test('every unreserved character has one spelling, which is unencoded', () => {
  const unreserved = /[A-Za-z0-9\-._~]/
  for (let code = 0x21; code < 0x7f; code++) {
    const character = String.fromCharCode(code)
    const encoded = `/x%${code.toString(16).toUpperCase()}`
    const accepted = canonicalName(encoded, 'linux').ok
    if (unreserved.test(character)) expect([character, accepted]).toEqual([character, false])
    else expect([character, accepted]).toEqual([character, !'/\\'.includes(character)])
  }
})

test('a path of 200 segments or 100,000 characters is checked in linear time', () => {
  const deep = '/a'.repeat(200)
  expect(canonicalName(deep, 'linux')).toEqual({
    ok: true,
    name: deep.slice(1),
    trailingSlash: false,
  })
  for (const piece of ['/.', '/..', '%2e', '%', 'a', '//', '/%2e%2e', '%F0%9F%92%A9', '\\']) {
    canonicalName(`/${piece.repeat(100_000 / piece.length)}`, 'linux')
  }
})
