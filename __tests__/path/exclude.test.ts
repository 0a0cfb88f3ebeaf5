import { isExcluded } from '../../lib/path/exclude.js'

test.each<[string, RegExp[]]>([
  ['app.js.map', [/\.map$/]],
  ['src/app.ts', [/\.js$/, /\.tsx?$/]],
  ['src/app.ts', [/^src\//]],
  ['notes.txt~', [/~$/]],
  ['caf\u00e9.txt', [/^caf\u00e9/]],
  ['APP.MAP', [/\.map$/i]],
])('%j is excluded by %p', (name, patterns) => {
  expect(isExcluded(name, patterns)).toBe(true)
})

test.each<[string, RegExp[]]>([
  ['app.js', []],
  ['app.js', [/\.map$/, /^\/app/]],
  ['app.mapper', [/\.map$/]],
])('%j is not excluded by %p', (name, patterns) => {
  expect(isExcluded(name, patterns)).toBe(false)
})

test.each([[/\.map$/g], [/\.map$/gi], [/.*\.map$/y], [/.*\.map$/gy]])(
  '%p gives the same result every time, and keeps its lastIndex',
  (pattern) => {
    pattern.lastIndex = 3
    const results = Array.from({ length: 4 }, () => isExcluded('app.js.map', [pattern]))
    expect(results).toEqual([true, true, true, true])
    expect(pattern.lastIndex).toBe(3)
    expect(isExcluded('app.js', [pattern])).toBe(false)
  },
)

test('a sticky pattern matches at the start of the name only', () => {
  expect(isExcluded('a/private', [/private/y])).toBe(false)
  expect(isExcluded('private/a', [/private/y])).toBe(true)
})
