import type { ServerResponse } from 'node:http'
import { withHeaderRollback } from '../../lib/response/header-rollback.js'
import { failedBeforeHeaders } from '../../lib/response/transfer.js'
import { detachedResponse } from '../support/detached-response.js'

function response(): ServerResponse {
  const res = detachedResponse()
  res.statusCode = 201
  res.setHeader('Cache-Control', 'private, no-store')
  return res
}

function change(res: ServerResponse): void {
  res.statusCode = 200
  res.setHeader('Cache-Control', 'public')
  res.setHeader('ETag', '"1"')
}

const stateOf = (res: ServerResponse) => [res.statusCode, { ...res.getHeaders() }]

test.each([
  ['returns a failure', () => failedBeforeHeaders(new Error('foo'))],
  ['throws', () => Promise.reject(new Error('foo'))],
])('an attempt that %s restores the status and the headers', async (_how, fail) => {
  const res = response()
  const before = stateOf(res)
  const end = await withHeaderRollback(
    res,
    () => {
      change(res)
      return fail()
    },
    { close: () => {} },
  )
  expect(stateOf(res)).toEqual(before)
  expect(end).toMatchObject({ headersSent: false, completed: false })
})

test('an attempt that throws has its body closed, before it ends', async () => {
  const close = jest.fn()
  const { error } = await withHeaderRollback(
    response(),
    () => {
      throw Object.assign(new Error('foo'), { code: 'ENOENT' })
    },
    { close },
  )
  expect(error).toMatchObject({ status: 404 })
  expect(close).toHaveBeenCalledTimes(1)
})

test('a response that was sent keeps its headers, and its body is not closed again', async () => {
  const res = response()
  const close = jest.fn()
  const sent = { bytesSent: 0, headersSent: true, completed: true, aborted: false }
  const attempt = () => {
    change(res)
    return sent
  }
  expect(await withHeaderRollback(res, attempt, { close })).toBe(sent)
  expect(res.getHeader('ETag')).toBe('"1"')
  expect(close).not.toHaveBeenCalled()
})

test('headers that other code has sent meanwhile are left alone', async () => {
  const res = response()
  await withHeaderRollback(
    res,
    () => {
      change(res)
      res.flushHeaders()
      return failedBeforeHeaders(new Error('foo'))
    },
    { close: () => {} },
  )
  expect(res.getHeader('ETag')).toBe('"1"')
})
