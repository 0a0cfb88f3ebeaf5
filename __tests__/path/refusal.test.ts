import { statusOfRefusal } from '../../lib/path/refusal.js'

test('a malformed path is a bad request, a forbidden one is forbidden, the rest is not there', () => {
  expect(statusOfRefusal).toEqual({
    malformed: 400,
    'above-root': 403,
    'dotfile-denied': 403,
    'not-canonical': 404,
    unservable: 404,
    'dotfile-ignored': 404,
  })
})
