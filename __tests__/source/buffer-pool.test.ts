import { LARGE_BUFFER, PooledBuffers, unpooledBuffers } from '../../lib/source/buffer-pool.js'

// Buffers in use count for the whole process, the other tests of this file included.
const pools: PooledBuffers[] = []
afterEach(() => {
  for (const pool of pools.splice(0)) pool.abandon()
})

function newPool(isOnlyRead?: () => boolean): PooledBuffers {
  const pool = new PooledBuffers(isOnlyRead)
  pools.push(pool)
  return pool
}

const SMALL = 64 * 1024

/** Allocates large buffers until there are none; returns the pools that have them. */
function allocateAll(): PooledBuffers[] {
  const pools: PooledBuffers[] = []
  for (let pool = new PooledBuffers(); ; pool = new PooledBuffers()) {
    if (pool.allocate(LARGE_BUFFER, SMALL).length < LARGE_BUFFER) return pools
    pools.push(pool)
  }
}

test('abandoned buffers no longer count as in use', () => {
  const release = (pools: PooledBuffers[]) => {
    for (const pool of pools) pool.abandon()
    return pools.length
  }
  const counts = Array.from({ length: 3 }, () => release(allocateAll()))
  expect(new Set(counts).size).toBe(1)
  expect(counts[0]).toBeGreaterThan(0)
})

test('released buffers no longer count as in use, however often they were used', () => {
  const pool = new PooledBuffers()
  for (let turn = 0; turn < 100; turn++) {
    const buffer = pool.allocate(LARGE_BUFFER, SMALL)
    expect(buffer).toHaveLength(LARGE_BUFFER)
    pool.release(buffer)
    pool.abandon()
  }
})

test('large buffers are limited for the whole process', () => {
  const many = Array.from({ length: 100 }, () => newPool())
  const buffers = many.map((pool) => pool.allocate(LARGE_BUFFER, SMALL))
  const large = buffers.filter((buffer) => buffer.length === LARGE_BUFFER)
  expect(large.length).toBeGreaterThan(0)
  expect(large.length).toBeLessThanOrEqual(16)
  expect(buffers.filter((buffer) => buffer.length === 2 * SMALL)).toHaveLength(100 - large.length)
  for (const [place, pool] of many.entries()) pool.release(buffers[place] ?? Buffer.alloc(0))
  expect(newPool().allocate(LARGE_BUFFER, SMALL)).toHaveLength(LARGE_BUFFER)
})

test('released memory is reused once', () => {
  const pool = newPool()
  const first = pool.allocate(LARGE_BUFFER, SMALL)
  pool.release(first)
  pool.release(first)
  const second = pool.allocate(LARGE_BUFFER, SMALL)
  const third = pool.allocate(LARGE_BUFFER, SMALL)
  expect(second.buffer).toBe(first.buffer)
  expect(third.buffer).not.toBe(first.buffer)
  pool.release(second)
  pool.release(third)
})

test('small buffers are not limited, and are reused', () => {
  const pool = newPool()
  const buffers = Array.from({ length: 200 }, () => pool.allocate(SMALL, SMALL))
  expect(new Set(buffers.map(({ buffer }) => buffer)).size).toBe(200)
  expect(buffers.every(({ length }) => length === SMALL)).toBe(true)
  for (const buffer of buffers) pool.release(buffer)
  const again = pool.allocate(SMALL, SMALL)
  expect(buffers.some(({ buffer }) => buffer === again.buffer)).toBe(true)
  pool.release(again)
})

test('a chunk larger than any pooled buffer gets a buffer of its own', () => {
  const chunk = 3 * LARGE_BUFFER
  expect(newPool().allocate(chunk, chunk)).toHaveLength(chunk)
})

test('memory that may still be in a pending write is never reused', () => {
  const pool = newPool()
  const buffer = pool.allocate(LARGE_BUFFER, SMALL)
  pool.abandon()
  pool.release(buffer)
  const taken = Array.from({ length: 16 }, () => newPool().allocate(LARGE_BUFFER, SMALL))
  expect(taken.some((one) => one.buffer === buffer.buffer)).toBe(false)
})

test('unpooled memory is new every time', () => {
  const [first, second] = [
    unpooledBuffers.allocate(SMALL, SMALL),
    unpooledBuffers.allocate(SMALL, SMALL),
  ]
  unpooledBuffers.release(first)
  expect(first.buffer).not.toBe(second.buffer)
})

describe('memory that a middleware may keep', () => {
  const givenAway = () => false

  test('is never reused, large or small', () => {
    const [kept, again] = [newPool(givenAway), newPool()]
    for (const bytes of [SMALL, LARGE_BUFFER]) {
      const buffers = Array.from({ length: 12 }, () => kept.allocate(bytes, SMALL))
      for (const buffer of buffers) kept.release(buffer)
      const taken = Array.from({ length: 60 }, () => again.allocate(bytes, SMALL).buffer)
      expect(buffers.some(({ buffer }) => taken.includes(buffer))).toBe(false)
      again.abandon()
    }
  })

  test('is never reused memory', () => {
    const pool = newPool()
    const used = [pool.allocate(SMALL, SMALL), pool.allocate(LARGE_BUFFER, SMALL)]
    for (const buffer of used) pool.release(buffer)
    const kept = newPool(givenAway)
    const taken = Array.from({ length: 40 }, () => [
      kept.allocate(SMALL, SMALL).buffer,
      kept.allocate(LARGE_BUFFER, SMALL).buffer,
    ]).flat()
    expect(used.some(({ buffer }) => taken.includes(buffer))).toBe(false)
  })

  test('is still limited for the whole process to sixteen large buffers', () => {
    const many = Array.from({ length: 100 }, () => newPool(givenAway))
    const large = many.filter((pool) => pool.allocate(LARGE_BUFFER, SMALL).length === LARGE_BUFFER)
    expect(large).toHaveLength(16)
    // What was taken before counts no more: not every middleware tells that it is done with a block.
    for (const pool of large) expect(pool.allocate(LARGE_BUFFER, SMALL)).toHaveLength(LARGE_BUFFER)
  })

  test('is not reused even after the middleware has restored write', () => {
    let replaced = true
    const pool = newPool(() => !replaced)
    const buffer = pool.allocate(LARGE_BUFFER, SMALL)
    replaced = false
    pool.release(buffer)
    const taken = Array.from({ length: 16 }, () => newPool().allocate(LARGE_BUFFER, SMALL))
    expect(taken.some((one) => one.buffer === buffer.buffer)).toBe(false)
  })

  test('is not reused if write was replaced after the allocation', () => {
    let replaced = false
    const pool = newPool(() => !replaced)
    const buffer = pool.allocate(SMALL, SMALL)
    replaced = true
    pool.release(buffer)
    const taken = Array.from({ length: 60 }, () => newPool().allocate(SMALL, SMALL))
    expect(taken.some((one) => one.buffer === buffer.buffer)).toBe(false)
  })
})
