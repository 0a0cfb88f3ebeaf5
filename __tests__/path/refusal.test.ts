import { statusOfRefusal } from '../../lib/path/refusal.js'

test('a malformed path is a 400, a forbidden one a 403, any other a 404', () => {
  expect(statusOfRefusal).toEqual({
    malformed: 400,
    'above-root': 403,
    'dotfile-denied': 403,
    'not-canonical': 404,
    unservable: 404,
    'dotfile-ignored': 404,
  })
})
