import { memoize } from '../../lib/http/memoize.js'

test('a key is computed once, while there are few keys', () => {
  const compute = jest.fn((key: number) => `<${key}>`)
  const remembered = memoize(compute)
  expect([remembered(1), remembered(2), remembered(1)]).toEqual(['<1>', '<2>', '<1>'])
  expect(compute).toHaveBeenCalledTimes(2)
})

test('the number of cached results is bounded', () => {
  const compute = jest.fn((key: number) => `<${key}>`)
  const remembered = memoize(compute)
  for (let key = 0; key < 5000; key++) remembered(key)
  expect(remembered(0)).toBe('<0>')
  expect(compute).toHaveBeenCalledTimes(5001)
})
