import { EventEmitter } from 'node:events'
import { RequestContext, type RequestContextSettings } from '../../lib/response/request-context.js'
import type { ResponseLike } from '../../lib/response/response-like.js'

interface Case {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly settings?: Partial<RequestContextSettings>
  readonly statusCode?: number
  readonly destroyed?: boolean
}

function contextOf({ method, headers = {}, settings, statusCode = 200, destroyed }: Case = {}) {
  const res = Object.assign(new EventEmitter(), { statusCode, destroyed })
  const request = { method: method ?? 'GET', headers, rawHeaders: Object.entries(headers).flat() }
  const context = new RequestContext(request, res as unknown as ResponseLike, {
    acceptRanges: true,
    ...settings,
  })
  return { context, res }
}

test.each<[what: string, given: Case, range: string | undefined]>([
  ['GET', { headers: { range: 'bytes=0-1' } }, 'bytes=0-1'],
  ['HEAD', { headers: { range: 'bytes=0-1' }, method: 'HEAD' }, undefined],
  ['POST', { headers: { range: 'bytes=0-1' }, method: 'POST' }, undefined],
  ['a status', { headers: { range: 'bytes=0-1' }, statusCode: 500 }, undefined],
  ['no ranges', { headers: { range: 'bytes=0-1' }, settings: { acceptRanges: false } }, undefined],
  ['a window', { settings: { window: { start: 5, end: 9 } } }, 'bytes=5-9'],
  ['an open window', { settings: { window: { start: 5 } } }, 'bytes=5-'],
  [
    'a range of the whole',
    { headers: { range: 'bytes=0-1' }, settings: { window: { start: 0 } } },
    'bytes=0-1',
  ],
  [
    'a range of a window',
    { headers: { range: 'bytes=0-1' }, settings: { window: { start: 5 } } },
    undefined,
  ],
])('for %s the range that is wanted is told', (_what, given, range) => {
  expect(contextOf(given).context.range).toBe(range)
})

test.each<[what: string, given: Case, conditions: object | undefined]>([
  ['none', {}, undefined],
  ['a tag', { headers: { 'if-none-match': '"x"' } }, { ifNoneMatch: '"x"' }],
  [
    'a date on HEAD',
    { headers: { 'if-modified-since': 'd' }, method: 'HEAD' },
    { ifModifiedSince: 'd' },
  ],
  ['POST', { headers: { 'if-match': '"x"' }, method: 'POST' }, undefined],
  ['a status', { headers: { 'if-match': '"x"' }, settings: { status: 500 } }, undefined],
  ['If-Range', { headers: { 'if-range': '"x"', range: 'bytes=0-1' } }, { ifRange: '"x"' }],
  ['If-Range without a range', { headers: { 'if-range': '"x"' } }, undefined],
])('with %s the preconditions are told', (_what, given, conditions) => {
  expect(contextOf(given).context.conditions).toEqual(conditions)
})

test('the signal fires when the response is closed, and at once if it was before', () => {
  const { context, res } = contextOf()
  expect(context.signal.aborted).toBe(false)
  res.emit('close')
  expect(context.signal.aborted).toBe(true)
  expect(contextOf({ destroyed: true }).context.signal.aborted).toBe(true)
})

test('after its release it listens to nothing', () => {
  const { context, res } = contextOf()
  context.release()
  expect(res.listenerCount('close')).toBe(0)
})
