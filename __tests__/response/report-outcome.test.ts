import { reportOutcome } from '../../lib/response/report-outcome.js'
import { failedBeforeHeaders, type TransferResult } from '../../lib/response/transfer.js'
import { detachedResponse } from '../support/detached-response.js'

const SENT: TransferResult = { bytesSent: 3, headersSent: true, completed: true, aborted: false }
const failure = Object.assign(new Error('foo'), { code: 'EACCES' })

/** A response of Express whose `next` is recorded. */
function observed() {
  const res = detachedResponse()
  const next = jest.fn()
  Object.assign(res.req, { next })
  const onOutcome = jest.fn()
  return { res, next, onOutcome }
}

test('the outcome is returned, and passed to onOutcome with the request', async () => {
  const { res, next, onOutcome } = observed()
  const outcome = await reportOutcome(res, { onOutcome, errors: 'next' }, async () => SENT)
  expect(outcome).toMatchObject({ status: 200, bytesSent: 3, completed: true, aborted: false })
  expect(onOutcome.mock.calls).toEqual([[outcome, res.req, res]])
  expect(next).not.toHaveBeenCalled()
})

test.each([
  ['a failure before the headers', failedBeforeHeaders(failure)],
  ['a failure after the first byte', { ...SENT, completed: false, error: failure }],
])('%s goes to next, after onOutcome', async (_what, end) => {
  const { res, next, onOutcome } = observed()
  const order: string[] = []
  onOutcome.mockImplementation(() => order.push('onOutcome'))
  next.mockImplementation(() => order.push('next'))
  const { error } = await reportOutcome(res, { onOutcome, errors: 'next' }, async () => end)
  expect(order).toEqual(['onOutcome', 'next'])
  expect(next.mock.calls).toEqual([[error]])
})

test("with errors: 'throw' the promise rejects, and next is not called", async () => {
  const { res, next, onOutcome } = observed()
  const respond = async () => failedBeforeHeaders(failure)
  await expect(reportOutcome(res, { onOutcome, errors: 'throw' }, respond)).rejects.toMatchObject({
    status: 403,
    code: 'EACCES',
  })
  expect(next).not.toHaveBeenCalled()
  expect(onOutcome).toHaveBeenCalledTimes(1)
})

test('a client that stalled is no error of the application', async () => {
  const { res, next } = observed()
  const end = { ...SENT, completed: false, aborted: true, error: failure }
  const settings = { onOutcome: undefined, errors: 'throw' }
  await expect(reportOutcome(res, settings, async () => end)).resolves.toMatchObject({
    aborted: true,
  })
  expect(next).not.toHaveBeenCalled()
})

test('a response that other code began is left to that code', async () => {
  const { res, next } = observed()
  res.flushHeaders()
  const settings = { onOutcome: undefined, errors: 'next' }
  await reportOutcome(res, settings, async () => failedBeforeHeaders(failure))
  expect(next).not.toHaveBeenCalled()
})

test('what throws instead of returning a result is a failure', async () => {
  const { res, next } = observed()
  const settings = { onOutcome: undefined, errors: 'next' }
  const { error } = await reportOutcome(res, settings, () => Promise.reject(new Error('bar')))
  expect(error).toMatchObject({ status: 500, message: 'bar' })
  expect(next.mock.calls).toEqual([[error]])
})
