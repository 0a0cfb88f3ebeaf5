import { applyHeaders } from '../../lib/response/response-init.js'
import { detachedResponse } from '../support/detached-response.js'

test('headers are set, and replace those of earlier middleware', () => {
  const res = detachedResponse()
  res.setHeader('Link', 'old')
  res.setHeader('Kept', 'yes')
  applyHeaders(
    res,
    new Map<string, string | string[]>([
      ['Link', ['one', 'two']],
      ['Content-Language', 'de'],
    ]),
  )
  expect({ ...res.getHeaders() }).toEqual({
    link: ['one', 'two'],
    kept: 'yes',
    'content-language': 'de',
  })
})

test('without headers nothing is changed', () => {
  const res = detachedResponse()
  applyHeaders(res, undefined)
  expect(res.getHeaderNames()).toEqual([])
})
