import { parseWeight } from '../../lib/http/weight.js'

test.each([
  [[], 1],
  [[' level=1'], 1],
  [['q=0.5'], 0.5],
  [[' Q = 0.25 '], 0.25],
  [['level=1', 'q=0'], 0],
  [['q=1.000'], 1],
  [['q=0.'], 0],
  [['q=1.5'], 0],
  [['q=.5'], 0],
  [['q=0.0001'], 0],
  [['q'], 0],
  [['q=0.5=0.5'], 0],
])('the weight of %j is %d', (parameters, weight) => {
  expect(parseWeight(parameters)).toBe(weight)
})
