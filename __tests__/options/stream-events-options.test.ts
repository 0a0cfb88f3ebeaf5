import { resolveStreamEventsOptions } from '../../lib/options/stream-events-options.js'

test.each<[number | false | null | undefined, number | false]>([
  [undefined, 15_000],
  [null, 15_000],
  [false, false],
  [1, 1],
  [2 ** 31 - 1, 2 ** 31 - 1],
])('heartbeat %p is %p', (heartbeat, resolved) => {
  expect(resolveStreamEventsOptions({ heartbeat }).heartbeat).toBe(resolved)
})

test.each([
  ['heartbeat', 0],
  ['heartbeat', true],
  ['heartbeat', 2 ** 31],
  ['heartbeat', '15s'],
  ['retry', -1],
  ['retry', 1.5],
  ['retry', 2 ** 53],
])('%s as %p is a TypeError that names it', (name, value) => {
  expect(() => resolveStreamEventsOptions({ [name]: value })).toThrow(
    `streamEvents: option "${name}" must be`,
  )
})

test.each(['type', 'download', 'chunkSize', 'start'])('%s does not apply to events', (name) => {
  expect(() => resolveStreamEventsOptions({ [name]: 'x' })).toThrow(
    `streamEvents: unknown option "${name}"`,
  )
})
