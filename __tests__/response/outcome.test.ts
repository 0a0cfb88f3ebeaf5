import { outcomeOf } from '../../lib/response/outcome.js'

const sent = { bytesSent: 5, headersSent: true, completed: true, aborted: false }

beforeEach(() => jest.spyOn(performance, 'now').mockReturnValue(1250))
afterEach(() => jest.restoreAllMocks())

test('an outcome has the status that was sent and the time that passed', () => {
  expect(outcomeOf({ statusCode: 206 }, sent, 1000)).toEqual({
    status: 206,
    bytesSent: 5,
    completed: true,
    aborted: false,
    durationMs: 250,
  })
})

test('a failure before the headers has the status of the error', () => {
  const end = { bytesSent: 0, headersSent: false, completed: false, aborted: false }
  const error = Object.assign(new Error('foo'), { code: 'ENOENT' })
  expect(outcomeOf({ statusCode: 200 }, { ...end, error }, 1000)).toMatchObject({
    status: 404,
    error: { status: 404, code: 'ENOENT', message: 'Not Found' },
  })
})

test('a failure after the headers has the status that was sent', () => {
  const end = { ...sent, completed: false, error: new Error('foo') }
  expect(outcomeOf({ statusCode: 200 }, end, 1000)).toMatchObject({
    status: 200,
    error: { status: 500 },
  })
})
