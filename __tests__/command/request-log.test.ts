import { logLine, requestLog, usesColors } from '../../lib/command/request-log.js'
import type { Outcome } from '../../lib/index.js'

const time = new Date(2024, 1, 29, 12, 34, 56)
const whole = { bytesSent: 1234, completed: true, aborted: false, durationMs: 5 }
const error = Object.assign(new Error('gone'), {
  status: 503,
  statusCode: 503,
  expose: false,
  code: 'ERR_FILE_CHANGED',
})

const lineOf = (outcome: Partial<Outcome>, url = '/a') =>
  logLine({ status: 200, ...whole, ...outcome }, { method: 'GET', url }, time, false)

test.each<[string, Partial<Outcome>]>([
  ['12:34:56  200  GET /a  1.2 kB  5 ms', {}],
  ['12:34:56  304  GET /a  0 B  5 ms', { status: 304, bytesSent: 0 }],
  ['12:34:56  200  GET /a  1.2 kB  5 ms  aborted', { completed: false, aborted: true }],
  [
    '12:34:56  200  GET /a  1.2 kB  5 ms  failed: ERR_FILE_CHANGED',
    { completed: false, error: { ...error, name: 'Error', message: '' } },
  ],
  ['12:34:56  503  GET /a  0 B  5 ms', { status: 503, bytesSent: 0, error }],
])('%s', (line, outcome) => {
  expect(lineOf(outcome)).toBe(line)
})

test('a request cannot write control characters into the log', () => {
  expect(lineOf({}, '/\x9b31m\u0085')).toContain('GET /\\u{9b}31m\\u{85}  ')
})

test.each([
  [200, 32],
  [206, 32],
  [301, 36],
  [404, 33],
  [500, 31],
])('the status %d has the color %d', (status, color) => {
  const line = logLine({ status, ...whole }, { method: 'GET', url: '/' }, time, true)
  expect(line).toContain(`\x1b[${color}m${status}\x1b[0m`)
})

test('colors are for terminals that have them and are not told NO_COLOR', () => {
  const write = () => true
  expect(usesColors({ write })).toBe(false)
  expect(usesColors({ write, isTTY: true })).toBe(false)
  expect(usesColors({ write, isTTY: false, hasColors: () => true })).toBe(false)
  expect(usesColors({ write, isTTY: true, hasColors: () => false })).toBe(false)
  expect(usesColors({ write, isTTY: true, hasColors: () => true })).toBe(true)
})

test('a log is one line for each response', () => {
  const written: string[] = []
  const log = requestLog({ write: (text) => written.push(text) })
  const req = { method: 'HEAD', url: '/b' }
  log({ status: 200, ...whole }, req as never, {} as never)
  expect(written).toEqual([expect.stringMatching(/^\d\d:\d\d:\d\d {2}200 {2}HEAD \/b .*\n$/)])
})
