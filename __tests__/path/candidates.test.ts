import { candidates } from '../../lib/path/candidates.js'

const index = ['index.html', 'index.htm']
const extensions = ['html', 'htm']

test.each([
  ['', ['index.html', 'index.htm']],
  ['a', ['a/index.html', 'a/index.htm']],
  ['a/b', ['a/b/index.html', 'a/b/index.htm']],
])('%j with a trailing slash means its index files', (name, names) => {
  expect(candidates(name, true, index, extensions)).toEqual({ names, directoryLacksSlash: false })
})

test('without index files a directory has no candidates', () => {
  expect(candidates('a', true, [], extensions).names).toEqual([])
})

test.each([
  ['a', ['a', 'a.html', 'a.htm']],
  ['a/b', ['a/b', 'a/b.html', 'a/b.htm']],
  ['a.d/b', ['a.d/b', 'a.d/b.html', 'a.d/b.htm']],
  ['.a', ['.a', '.a.html', '.a.htm']],
  ['a.txt', ['a.txt']],
  ['', ['']],
])('%j means itself, then the name with each extension if it has none', (name, names) => {
  expect(candidates(name, false, index, extensions)).toEqual({ names, directoryLacksSlash: true })
})

test('without redirects a directory is not looked for', () => {
  const { names, directoryLacksSlash } = candidates('a', false, index, ['html'], false)
  expect(names).toEqual(['a', 'a.html'])
  expect(directoryLacksSlash).toBe(false)
})

test('without extensions a name means itself only', () => {
  expect(candidates('a', false, index, []).names).toEqual(['a'])
})
