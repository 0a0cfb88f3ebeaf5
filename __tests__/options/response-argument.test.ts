import { assertResponse } from '../../lib/options/response-argument.js'
import { detachedResponse } from '../support/detached-response.js'

test('a response is accepted', () => {
  expect(() => assertResponse('call', detachedResponse())).not.toThrow()
})

test.each([
  [undefined, 'undefined'],
  [null, 'null'],
  ['/path', '"/path"'],
  [{}, 'an object'],
  [detachedResponse().req, 'an object'],
  [() => {}, 'a function'],
])('%p is a TypeError that names the call', (value, described) => {
  expect(() => assertResponse('call', value)).toThrow(TypeError)
  expect(() => assertResponse('call', value)).toThrow(
    `call: res must be the response to a request, not ${described}`,
  )
})
