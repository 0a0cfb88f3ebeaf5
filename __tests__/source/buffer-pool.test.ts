import { LARGE_BUFFER, PooledBuffers, unpooledBuffers } from '../../lib/source/buffer-pool.js'

// What is lent counts for the whole process, the other tests of this file included.
const loans: PooledBuffers[] = []
afterEach(() => {
  for (const loan of loans.splice(0)) loan.abandon()
})

function newLoan(isOnlyRead?: () => boolean): PooledBuffers {
  const loan = new PooledBuffers(isOnlyRead)
  loans.push(loan)
  return loan
}

const SMALL = 64 * 1024

/** Borrows large blocks until there are none; returns whose they are. */
function borrowAll(): PooledBuffers[] {
  const loans: PooledBuffers[] = []
  for (let loan = new PooledBuffers(); ; loan = new PooledBuffers()) {
    if (loan.allocate(LARGE_BUFFER, SMALL).length < LARGE_BUFFER) return loans
    loans.push(loan)
  }
}

test('abandoned buffers no longer count as in use', () => {
  const release = (loans: PooledBuffers[]) => {
    for (const loan of loans) loan.abandon()
    return loans.length
  }
  const counts = Array.from({ length: 3 }, () => release(borrowAll()))
  expect(new Set(counts).size).toBe(1)
  expect(counts[0]).toBeGreaterThan(0)
})

test('released buffers no longer count as in use, however often they were used', () => {
  const loan = new PooledBuffers()
  for (let turn = 0; turn < 100; turn++) {
    const buffer = loan.allocate(LARGE_BUFFER, SMALL)
    expect(buffer).toHaveLength(LARGE_BUFFER)
    loan.release(buffer)
    loan.abandon()
  }
})

test('large buffers are limited for the whole process', () => {
  const many = Array.from({ length: 100 }, () => newLoan())
  const buffers = many.map((loan) => loan.allocate(LARGE_BUFFER, SMALL))
  const large = buffers.filter((buffer) => buffer.length === LARGE_BUFFER)
  expect(large.length).toBeGreaterThan(0)
  expect(large.length).toBeLessThanOrEqual(16)
  expect(buffers.filter((buffer) => buffer.length === 2 * SMALL)).toHaveLength(100 - large.length)
  for (const [place, loan] of many.entries()) loan.release(buffers[place] ?? Buffer.alloc(0))
  expect(newLoan().allocate(LARGE_BUFFER, SMALL)).toHaveLength(LARGE_BUFFER)
})

test('released memory is reused once', () => {
  const loan = newLoan()
  const first = loan.allocate(LARGE_BUFFER, SMALL)
  loan.release(first)
  loan.release(first)
  const second = loan.allocate(LARGE_BUFFER, SMALL)
  const third = loan.allocate(LARGE_BUFFER, SMALL)
  expect(second.buffer).toBe(first.buffer)
  expect(third.buffer).not.toBe(first.buffer)
  loan.release(second)
  loan.release(third)
})

test('small buffers are not limited, and are reused', () => {
  const loan = newLoan()
  const buffers = Array.from({ length: 200 }, () => loan.allocate(SMALL, SMALL))
  expect(new Set(buffers.map(({ buffer }) => buffer)).size).toBe(200)
  expect(buffers.every(({ length }) => length === SMALL)).toBe(true)
  for (const buffer of buffers) loan.release(buffer)
  const again = loan.allocate(SMALL, SMALL)
  expect(buffers.some(({ buffer }) => buffer === again.buffer)).toBe(true)
  loan.release(again)
})

test('a chunk larger than any pooled buffer gets a buffer of its own', () => {
  const chunk = 3 * LARGE_BUFFER
  expect(newLoan().allocate(chunk, chunk)).toHaveLength(chunk)
})

test('memory that may still be in a pending write is never reused', () => {
  const loan = newLoan()
  const buffer = loan.allocate(LARGE_BUFFER, SMALL)
  loan.abandon()
  loan.release(buffer)
  const taken = Array.from({ length: 16 }, () => newLoan().allocate(LARGE_BUFFER, SMALL))
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
    const [kept, again] = [newLoan(givenAway), newLoan()]
    for (const bytes of [SMALL, LARGE_BUFFER]) {
      const buffers = Array.from({ length: 12 }, () => kept.allocate(bytes, SMALL))
      for (const buffer of buffers) kept.release(buffer)
      const taken = Array.from({ length: 60 }, () => again.allocate(bytes, SMALL).buffer)
      expect(buffers.some(({ buffer }) => taken.includes(buffer))).toBe(false)
      again.abandon()
    }
  })

  test('is never reused memory', () => {
    const pool = newLoan()
    const used = [pool.allocate(SMALL, SMALL), pool.allocate(LARGE_BUFFER, SMALL)]
    for (const buffer of used) pool.release(buffer)
    const kept = newLoan(givenAway)
    const taken = Array.from({ length: 40 }, () => [
      kept.allocate(SMALL, SMALL).buffer,
      kept.allocate(LARGE_BUFFER, SMALL).buffer,
    ]).flat()
    expect(used.some(({ buffer }) => taken.includes(buffer))).toBe(false)
  })

  test('is still limited for the whole process to sixteen large buffers', () => {
    const many = Array.from({ length: 100 }, () => newLoan(givenAway))
    const large = many.filter((loan) => loan.allocate(LARGE_BUFFER, SMALL).length === LARGE_BUFFER)
    expect(large).toHaveLength(16)
    // What was taken before counts no more: not every middleware tells that it is done with a block.
    for (const loan of large) expect(loan.allocate(LARGE_BUFFER, SMALL)).toHaveLength(LARGE_BUFFER)
  })

  test('is not reused even after the middleware has restored write', () => {
    let replaced = true
    const loan = newLoan(() => !replaced)
    const buffer = loan.allocate(LARGE_BUFFER, SMALL)
    replaced = false
    loan.release(buffer)
    const taken = Array.from({ length: 16 }, () => newLoan().allocate(LARGE_BUFFER, SMALL))
    expect(taken.some((one) => one.buffer === buffer.buffer)).toBe(false)
  })

  test('is not reused if write was replaced after the allocation', () => {
    let replaced = false
    const loan = newLoan(() => !replaced)
    const buffer = loan.allocate(SMALL, SMALL)
    replaced = true
    loan.release(buffer)
    const taken = Array.from({ length: 60 }, () => newLoan().allocate(SMALL, SMALL))
    expect(taken.some((one) => one.buffer === buffer.buffer)).toBe(false)
  })
})
