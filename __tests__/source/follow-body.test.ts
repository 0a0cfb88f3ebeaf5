import { getEventListeners } from 'node:events'
import { FollowBody } from '../../lib/source/follow-body'
import type { FileBytes, FollowSettings } from '../../lib/source/source'

beforeEach(() => jest.useFakeTimers())
afterEach(() => jest.useRealTimers())

/** A file in memory that can be appended to, cut short and moved. */
function growing(text = '') {
  const state = { text, inPlace: true, closed: false }
  const file: FileBytes = {
    size: text.length,
    fill(buffer, position, done) {
      done(null, buffer instanceof Buffer ? buffer.write(state.text.slice(position)) : 0)
    },
    compare: (done) => done('none'),
    now: (done) => done(null, state.text.length, state.inPlace),
    close() {
      state.closed = true
    },
  }
  return { state, file }
}

/** What a body gives, and how it ends. */
function following(file: FileBytes, settings: FollowSettings) {
  const body = new FollowBody(file, 0, settings)
  const seen = { text: '', over: false, error: undefined as Error | undefined }
  const next = () =>
    body.read(0, (error, block) => {
      if (error !== null) seen.error = error
      else if (block === undefined) seen.over = true
      else {
        seen.text += Buffer.from(block).toString()
        next()
      }
    })
  next()
  return { body, seen }
}

test('what is appended is read', () => {
  const { file, state } = growing('one')
  const { seen, body } = following(file, {})
  state.text += ' two'
  jest.advanceTimersByTime(100)
  expect(seen).toEqual({ text: 'one two', over: false })
  body.close()
  expect(state.closed).toBe(true)
  expect(jest.getTimerCount()).toBe(0)
})

test('it ends when nothing was appended for as long as is idle', () => {
  const { seen } = following(growing('one').file, { idle: 250 })
  jest.advanceTimersByTime(249)
  expect(seen.over).toBe(false)
  jest.advanceTimersByTime(1)
  expect(seen.over).toBe(true)
})

test('whatever is appended begins the idle time anew', () => {
  const { file, state } = growing('')
  const { seen } = following(file, { idle: 250 })
  for (let turn = 0; turn < 5; turn++) {
    jest.advanceTimersByTime(200)
    state.text += 'x'
  }
  jest.advanceTimersByTime(200)
  expect(seen).toEqual({ text: 'xxxxx', over: false })
  jest.advanceTimersByTime(250)
  expect(seen.over).toBe(true)
})

test('a file that was moved away is over a second later, if nothing is appended', () => {
  const { file, state } = growing('one')
  const { seen } = following(file, {})
  state.inPlace = false
  jest.advanceTimersByTime(500)
  state.text += ' two'
  jest.advanceTimersByTime(900)
  expect(seen).toEqual({ text: 'one two', over: false })
  jest.advanceTimersByTime(300)
  expect(seen.over).toBe(true)
})

test('a file that was cut short fails', () => {
  const { file, state } = growing('one')
  const { seen } = following(file, {})
  state.text = ''
  jest.advanceTimersByTime(100)
  expect(seen.error).toMatchObject({ code: 'ERR_FILE_CHANGED' })
})

test('the signal ends it while it waits, and is listened to no longer than the body is open', () => {
  const controller = new AbortController()
  const { signal } = controller
  const { seen, body } = following(growing('one').file, { signal })
  const other = following(growing('two').file, { signal })
  expect(getEventListeners(signal, 'abort')).toHaveLength(2)
  other.body.close()
  expect(getEventListeners(signal, 'abort')).toHaveLength(1)
  controller.abort()
  expect(seen).toEqual({ text: 'one', over: true })
  body.close()
  expect(getEventListeners(signal, 'abort')).toHaveLength(0)
})
