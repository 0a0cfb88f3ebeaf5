import { type StreamFilesOptions, streamFiles } from '../../lib/index.js'
import { resolveStreamFilesOptions } from '../../lib/options/stream-files-options.js'

const DEFAULT = { maxBytes: 16 * 1024 * 1024, maxFileBytes: 128 * 1024 }

test.each<[StreamFilesOptions['cache'], unknown]>([
  [undefined, DEFAULT],
  [null, DEFAULT],
  [false, false],
  [{}, DEFAULT],
  [{ maxBytes: 1000 }, { ...DEFAULT, maxBytes: 1000 }],
  [
    { maxBytes: null, maxFileBytes: 0 },
    { ...DEFAULT, maxFileBytes: 0 },
  ],
])('cache: %j is %j', (cache, expected) => {
  expect(resolveStreamFilesOptions({ cache }).cache).toEqual(expected)
})

test.each<[unknown, string]>([
  [true, 'streamFiles: option "cache" must be an object with maxBytes and maxFileBytes, or false'],
  [16, 'streamFiles: option "cache" must be an object with maxBytes and maxFileBytes, or false'],
  [[], 'streamFiles: option "cache" must be an object with maxBytes and maxFileBytes, or false'],
  [{ maxBytes: '1mb' }, 'streamFiles, option "cache": option "maxBytes" must be an integer'],
  [{ maxFileBytes: -1 }, 'streamFiles, option "cache": option "maxFileBytes" must be an integer'],
  [{ maxbytes: 1 }, 'unknown option "maxbytes"; did you mean "maxBytes"?'],
])('cache: %j is a TypeError that names what is accepted', (cache, message) => {
  expect(() => streamFiles('.', { cache: cache as false })).toThrow(TypeError)
  expect(() => streamFiles('.', { cache: cache as false })).toThrow(message)
})
