import { ByteLimitedLru } from '../../../lib/source/cache/byte-limited-lru.js'

test('the entries never take more than the limit', () => {
  const files = new ByteLimitedLru<number>(100_000)
  for (let turn = 0; turn < 2000; turn++) {
    files.set(`file-${turn % 300}`, turn, (turn * 7919) % 9000)
    expect(files.bytes).toBeLessThanOrEqual(100_000)
  }
  expect(files.bytes).toBeGreaterThan(50_000)
})

test('the least recently used entry is evicted first', () => {
  const files = new ByteLimitedLru<string>(14_000)
  files.set('a', 'A', 3000)
  files.set('b', 'B', 3000)
  files.get('a')
  files.set('c', 'C', 3000)
  expect([files.get('a'), files.get('b'), files.get('c')]).toEqual(['A', undefined, 'C'])
})

test('deleting or replacing an entry frees its bytes', () => {
  const files = new ByteLimitedLru<string>(10_000)
  files.set('a', 'A', 3000)
  const bytes = files.bytes
  files.set('a', 'B', 3000)
  expect(files.bytes).toBe(bytes)
  files.delete('a')
  files.delete('a')
  expect(files.bytes).toBe(0)
})

test('a value larger than the limit is not added, and evicts nothing', () => {
  const files = new ByteLimitedLru<string>(10_000)
  files.set('a', 'A', 3000)
  files.set('b', 'B', 10_001)
  files.set('b', 'B', 9_999)
  expect([files.fits('b', 10_001), files.fits('b', 9_999)]).toEqual([false, false])
  expect(files.fits('b', 7000)).toBe(true)
  expect([files.get('a'), files.get('b')]).toEqual(['A', undefined])
  const none = new ByteLimitedLru<string>(0)
  none.set('a', 'A', 0)
  expect(none.get('a')).toBeUndefined()
})

test('the overhead of an entry counts, so many tiny files are bounded too', () => {
  const files = new ByteLimitedLru<number>(1_000_000)
  for (let turn = 0; turn < 20_000; turn++) files.set(`file-${turn}`, turn, 1)
  expect(files.get('file-19999')).toBe(19_999)
  expect(files.get('file-1000')).toBeUndefined()
  expect(files.bytes).toBeLessThanOrEqual(1_000_000)
})
