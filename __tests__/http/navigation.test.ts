import type { IncomingHttpHeaders } from 'node:http'
import { isNavigation } from '../../lib/http/navigation.js'

const CHROMIUM =
  'text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8'

test.each<[IncomingHttpHeaders]>([
  [{ accept: CHROMIUM }],
  [{ accept: 'text/html' }],
  [{ accept: 'TEXT/HTML' }],
  [{ accept: 'application/xhtml+xml' }],
  [{ accept: 'text/html, image/gif, *; q=.2, */*; q=.2' }],
  [{ accept: 'image/png, text/html' }],
  [{ accept: 'image/png ,\ttext/html ; charset=utf-8' }],
  [{ accept: 'text/html;q=1' }],
  [{ accept: 'text/html;q=1.000' }],
  [{ accept: 'text/html;q=0.001' }],
  [{ accept: 'text/html;Q=0.1' }],
  [{ accept: 'text/html;q=0, application/xhtml+xml' }],
  [{ accept: 'text/html;level=1;q=0.5' }],
  [{ 'sec-fetch-mode': 'navigate' }],
  [{ 'sec-fetch-mode': 'navigate', accept: '*/*' }],
  [{ 'sec-fetch-mode': 'cors', accept: 'text/html, */*' }],
])('%j is a navigation', (headers) => {
  expect(isNavigation(headers)).toBe(true)
})

test.each<[IncomingHttpHeaders]>([
  [{}],
  [{ accept: '' }],
  [{ accept: '*/*' }],
  [{ accept: 'text/*' }],
  [{ accept: 'text/html;q=0' }],
  [{ accept: 'text/html;q=0.0' }],
  [{ accept: 'text/html; Q=0.000, */*' }],
  [{ accept: 'text/html;level=1;q=0' }],
  [{ accept: 'text/html;q=' }],
  [{ accept: 'text/html;q=-1' }],
  [{ accept: 'text/html;q=2' }],
  [{ accept: 'text/html;q=0.0001' }],
  [{ accept: 'text/html5' }],
  [{ accept: 'x-text/html' }],
  [{ accept: 'application/json, text/plain, */*' }],
  [{ accept: 'text/css,*/*;q=0.1' }],
  [{ accept: 'image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8' }],
  [{ accept: 'text/event-stream' }],
  [{ 'sec-fetch-mode': 'no-cors', accept: '*/*' }],
  [{ 'sec-fetch-mode': 'navigate-nested' }],
])('%j is not a navigation', (headers) => {
  expect(isNavigation(headers)).toBe(false)
})

test('a long Accept takes linear time', () => {
  const accept = 'text/html;q=0,'.repeat(100_000)
  expect(isNavigation({ accept })).toBe(false)
})
