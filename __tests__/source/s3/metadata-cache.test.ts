import { MetadataCache } from '../../../lib/source/s3/metadata-cache.js'

test('metadata is remembered until its time is over', () => {
  let now = 0
  const cache = new MetadataCache(1000, () => now)
  cache.set('a', { size: 1 })
  now = 999
  expect(cache.get('a')).toEqual({ size: 1 })
  now = 1000
  expect(cache.get('a')).toBeUndefined()
})

test('metadata that is set again has its whole time', () => {
  let now = 0
  const cache = new MetadataCache(1000, () => now)
  cache.set('a', { size: 1 })
  now = 900
  cache.set('a', { size: 2 })
  now = 1899
  expect(cache.get('a')).toEqual({ size: 2 })
})

test('deleted metadata is gone', () => {
  const cache = new MetadataCache(1000)
  cache.set('a', { size: 1 })
  cache.delete('a')
  expect(cache.get('a')).toBeUndefined()
})

test('the number of entries is limited', () => {
  const cache = new MetadataCache(1000, () => 0)
  for (let index = 0; index <= 10_000; index++) cache.set(String(index), { size: index })
  expect(cache.get('0')).toBeUndefined()
  expect(cache.get('10000')).toEqual({ size: 10_000 })
})
