import { pathToFileURL } from 'node:url'
import { directoryPath, filePath } from '../../lib/options/file-path.js'

test.each<[unknown, string | undefined]>([
  ['relative/file.txt', 'relative/file.txt'],
  ['/with%20percent', '/with%20percent'],
  [pathToFileURL('/a folder/ä.txt'), '/a folder/ä.txt'],
  ['file:///a', 'file:///a'],
  ['', undefined],
  [undefined, undefined],
  [7, undefined],
  [Buffer.from('/a'), undefined],
  [new URL('https://example.com/a'), undefined],
  [new URL('file://host/a'), undefined],
  [new URL('file:///a%2Fb'), undefined],
])('%p is the path %j', (value, path) => {
  expect(filePath(value)).toBe(path)
})

test('a file may have a name with a NUL, which does not exist; a directory may not', () => {
  expect(filePath('a\0b')).toBe('a\0b')
  expect(directoryPath('a\0b')).toBeUndefined()
  expect(directoryPath('a')).toBe('a')
})
