import { BlockLoan, freshMemory, LARGE_BLOCK } from '../../lib/source/block-memory'

// What is lent counts for the whole process, the other tests of this file included.
const loans: BlockLoan[] = []
afterEach(() => {
  for (const loan of loans.splice(0)) loan.writeOff()
})

function newLoan(isOnlyRead?: () => boolean): BlockLoan {
  const loan = new BlockLoan(isOnlyRead)
  loans.push(loan)
  return loan
}

const SMALL = 64 * 1024

test('large blocks are bounded for the whole process, whoever borrows them', () => {
  const many = Array.from({ length: 100 }, () => newLoan())
  const blocks = many.map((loan) => loan.take(LARGE_BLOCK, SMALL))
  const large = blocks.filter((block) => block.length === LARGE_BLOCK)
  expect(large.length).toBeGreaterThan(0)
  expect(large.length).toBeLessThanOrEqual(16)
  expect(blocks.filter((block) => block.length === SMALL)).toHaveLength(100 - large.length)
  for (const [place, loan] of many.entries()) loan.giveBack(blocks[place] ?? Buffer.alloc(0))
  expect(newLoan().take(LARGE_BLOCK, SMALL)).toHaveLength(LARGE_BLOCK)
})

test('memory that was given back is used again, once', () => {
  const loan = newLoan()
  const first = loan.take(LARGE_BLOCK, SMALL)
  loan.giveBack(first)
  loan.giveBack(first)
  const second = loan.take(LARGE_BLOCK, SMALL)
  const third = loan.take(LARGE_BLOCK, SMALL)
  expect(second.buffer).toBe(first.buffer)
  expect(third.buffer).not.toBe(first.buffer)
  loan.giveBack(second)
  loan.giveBack(third)
})

test('small blocks are had without a bound, and used again', () => {
  const loan = newLoan()
  const blocks = Array.from({ length: 200 }, () => loan.take(SMALL, SMALL))
  expect(new Set(blocks.map(({ buffer }) => buffer)).size).toBe(200)
  expect(blocks.every(({ length }) => length === SMALL)).toBe(true)
  for (const block of blocks) loan.giveBack(block)
  const again = loan.take(SMALL, SMALL)
  expect(blocks.some(({ buffer }) => buffer === again.buffer)).toBe(true)
  loan.giveBack(again)
})

test('a block larger than the pool has, for one chunk that large, is made for it', () => {
  const chunk = 3 * LARGE_BLOCK
  expect(newLoan().take(chunk, chunk)).toHaveLength(chunk)
})

test('memory that may still be on its way out is never used again', () => {
  const loan = newLoan()
  const block = loan.take(LARGE_BLOCK, SMALL)
  loan.writeOff()
  loan.giveBack(block)
  const taken = Array.from({ length: 16 }, () => newLoan().take(LARGE_BLOCK, SMALL))
  expect(taken.some(({ buffer }) => buffer === block.buffer)).toBe(false)
})

test('memory to keep is new every time', () => {
  const [first, second] = [freshMemory.take(SMALL, SMALL), freshMemory.take(SMALL, SMALL)]
  freshMemory.giveBack(first)
  expect(first.buffer).not.toBe(second.buffer)
})

describe('memory that a middleware may keep', () => {
  const givenAway = () => false

  test('is never used again, large or small', () => {
    const [kept, again] = [newLoan(givenAway), newLoan()]
    for (const bytes of [SMALL, LARGE_BLOCK]) {
      const blocks = Array.from({ length: 12 }, () => kept.take(bytes, SMALL))
      for (const block of blocks) kept.giveBack(block)
      const taken = Array.from({ length: 60 }, () => again.take(bytes, SMALL).buffer)
      expect(blocks.some(({ buffer }) => taken.includes(buffer))).toBe(false)
      again.writeOff()
    }
  })

  test('is never what others used before', () => {
    const pool = newLoan()
    const used = [pool.take(SMALL, SMALL), pool.take(LARGE_BLOCK, SMALL)]
    for (const block of used) pool.giveBack(block)
    const kept = newLoan(givenAway)
    const taken = Array.from({ length: 40 }, () => [
      kept.take(SMALL, SMALL).buffer,
      kept.take(LARGE_BLOCK, SMALL).buffer,
    ]).flat()
    expect(used.some(({ buffer }) => taken.includes(buffer))).toBe(false)
  })

  test('is still bounded for the whole process: one large block for each of sixteen', () => {
    const many = Array.from({ length: 100 }, () => newLoan(givenAway))
    const large = many.filter((loan) => loan.take(LARGE_BLOCK, SMALL).length === LARGE_BLOCK)
    expect(large).toHaveLength(16)
    // What was taken before counts no more: not every middleware tells that it is done with a block.
    for (const loan of large) expect(loan.take(LARGE_BLOCK, SMALL)).toHaveLength(LARGE_BLOCK)
  })

  test('stays theirs when the middleware takes itself away again', () => {
    let replaced = true
    const loan = newLoan(() => !replaced)
    const block = loan.take(LARGE_BLOCK, SMALL)
    replaced = false
    loan.giveBack(block)
    const taken = Array.from({ length: 16 }, () => newLoan().take(LARGE_BLOCK, SMALL))
    expect(taken.some(({ buffer }) => buffer === block.buffer)).toBe(false)
  })

  test('is theirs as well when write is replaced after it was taken', () => {
    let replaced = false
    const loan = newLoan(() => !replaced)
    const block = loan.take(SMALL, SMALL)
    replaced = true
    loan.giveBack(block)
    const taken = Array.from({ length: 60 }, () => newLoan().take(SMALL, SMALL))
    expect(taken.some(({ buffer }) => buffer === block.buffer)).toBe(false)
  })
})
