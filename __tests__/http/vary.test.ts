import { addToVary } from '../../lib/http/vary.js'

test.each([
  [undefined, 'Accept-Encoding'],
  ['', 'Accept-Encoding'],
  [' , ', 'Accept-Encoding'],
  ['Origin', 'Origin, Accept-Encoding'],
  ['Origin,Accept', 'Origin,Accept, Accept-Encoding'],
  ['Accept-Encoding', 'Accept-Encoding'],
  ['Origin, accept-encoding', 'Origin, accept-encoding'],
  ['X-Accept-Encoding', 'X-Accept-Encoding, Accept-Encoding'],
  ['*', '*'],
  ['Origin, *', 'Origin, *'],
])('Accept-Encoding added to %j is %j', (field, expected) => {
  expect(addToVary(field, 'Accept-Encoding')).toBe(expected)
})
