import { confinedName, staysBelowRoot } from '../../lib/path/confined-name.js'

const named: readonly [path: string, name: string, trailingSlash: boolean][] = [
  ['a.txt', 'a.txt', false],
  ['/a.txt', 'a.txt', false],
  ['//a//b.txt', 'a/b.txt', false],
  ['./a.txt', 'a.txt', false],
  ['a/./b', 'a/b', false],
  ['a/../b', 'b', false],
  ['a/', 'a', true],
  ['a/..', '', false],
  ['a/../', '', true],
  ['.', '', false],
  ['/', '', true],
  ['./', '', true],
  ['...', '...', false],
  ['..a/b', '..a/b', false],
  ['%2e%2e/a', '%2e%2e/a', false],
  ['caf\u00e9 #1?.txt', 'caf\u00e9 #1?.txt', false],
]

const aboveRoot = ['..', '../', '../a', '/..', '/../a', 'a/../..', 'a/../../b', './../a', '//../a']

const windowsSpellings: readonly [path: string, name: string][] = [
  ['a\\b.txt', 'a/b.txt'],
  ['\\a', 'a'],
  ['\\\\server\\share\\a', 'server/share/a'],
  ['//server/share/a', 'server/share/a'],
]

const windowsNames = [
  'C:\\a',
  'C:a',
  'a:b',
  'nul',
  'a\\con.txt',
  'a.',
  'PROGRA~1\\a',
  '\\\\?\\C:\\a',
]

describe('on linux', () => {
  test.each(named)('%j is %j below the root', (path, name, trailingSlash) => {
    expect(confinedName(path, 'linux')).toEqual({ ok: true, name, trailingSlash })
  })

  test.each(aboveRoot)('%j is above the root', (path) => {
    expect(confinedName(path, 'linux')).toEqual({ ok: false, reason: 'above-root' })
  })

  test.each(['..\\a', 'a\\..\\..\\b', 'C:\\a'])(
    '%j is one name: a backslash parts nothing',
    (path) => {
      expect(confinedName(path, 'linux')).toEqual({ ok: true, name: path, trailingSlash: false })
    },
  )
})

describe('on win32', () => {
  test.each(named.filter(([path]) => !/[?]|^\.\.\.$/.test(path)))(
    '%j is %j below the root',
    (path, name, trailingSlash) => {
      expect(confinedName(path, 'win32')).toEqual({ ok: true, name, trailingSlash })
    },
  )

  test.each([...aboveRoot, '..\\a', 'a\\..\\..\\b', '\\..\\a', 'a/..\\../b'])(
    '%j is above the root',
    (path) => {
      expect(confinedName(path, 'win32')).toEqual({ ok: false, reason: 'above-root' })
    },
  )

  test.each(windowsSpellings)(
    '%j is %j below the root, and not on another machine',
    (path, name) => {
      expect(confinedName(path, 'win32')).toEqual({ ok: true, name, trailingSlash: false })
    },
  )

  test.each(windowsNames)('%j is unservable', (path) => {
    expect(confinedName(path, 'win32')).toEqual({ ok: false, reason: 'unservable' })
  })
})

test.each(['linux', 'win32'] as const)('a NUL is malformed on %s', (platform) => {
  expect(confinedName('a\0.txt', platform)).toEqual({ ok: false, reason: 'malformed' })
})

test.each([
  ['a.txt', true],
  ['a/..b/c..', true],
  ['', true],
  ['a/../b', false],
  ['a\\..', false],
  ['a\0.txt', false],
])('whether %j can be below a directory: %j', (name, expected) => {
  expect(staysBelowRoot(name)).toBe(expected)
})
