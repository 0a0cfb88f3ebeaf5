import { once } from 'node:events'
import { IncomingMessage, ServerResponse } from 'node:http'
import { connect, createServer, type Http2ServerResponse } from 'node:http2'
import { type AddressInfo, Socket } from 'node:net'
import { snapshotHeaders } from '../../lib/response/header-snapshot.js'
import type { ResponseLike } from '../../lib/response/response-like.js'

function response(): ServerResponse {
  return new ServerResponse(new IncomingMessage(new Socket()))
}

// The types of Node lack this method of `ServerResponse`.
function rawNames(res: ResponseLike): string[] | undefined {
  return res.getRawHeaderNames?.()
}

test('a value that was overwritten is put back, in the case its name had', () => {
  const res = response()
  res.setHeader('cache-CONTROL', 'private, no-store')
  const restore = snapshotHeaders(res)
  res.setHeader('Cache-Control', 'public, immutable')
  restore()
  expect(res.getHeader('Cache-Control')).toBe('private, no-store')
  expect(rawNames(res)).toEqual(['cache-CONTROL'])
})

test('a header that was removed is put back, one that was added is removed', () => {
  const res = response()
  res.setHeader('ETag', '"theirs"')
  const restore = snapshotHeaders(res)
  res.removeHeader('ETag')
  res.setHeader('X-Added', 'by us')
  restore()
  expect({ ...res.getHeaders() }).toEqual({ etag: '"theirs"' })
})

test('a list that was appended to in place is put back as it was', () => {
  const res = response()
  res.setHeader('Set-Cookie', ['a=1'])
  const restore = snapshotHeaders(res)
  res.appendHeader('Set-Cookie', 'b=2')
  restore()
  expect(res.getHeader('Set-Cookie')).toEqual(['a=1'])
})

test('a number stays a number', () => {
  const res = response()
  res.setHeader('X-Count', 5)
  const restore = snapshotHeaders(res)
  res.setHeader('X-Count', '6')
  restore()
  expect(res.getHeader('X-Count')).toBe(5)
})

test('the reason phrase of the status that was not sent is dropped', () => {
  const res = response()
  const restore = snapshotHeaders(res)
  res.statusMessage = 'Partial Content'
  restore()
  expect(res.statusMessage).toBe('')
})

test('the status is put back', () => {
  const res = response()
  res.statusCode = 404
  const restore = snapshotHeaders(res)
  res.statusCode = 206
  restore()
  expect(res.statusCode).toBe(404)
})

test('a response of HTTP/2 is put back too', async () => {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const session = connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  const stream = session.request({ ':path': '/' })
  const [, res] = (await once(server, 'request')) as [unknown, Http2ServerResponse]
  res.setHeader('Cache-Control', 'private')
  const restore = snapshotHeaders(res)
  res.setHeader('cache-control', 'public')
  res.setHeader('X-Added', 'by us')
  restore()
  res.end()
  const [headers] = await once(stream, 'response')
  expect(headers).toMatchObject({ 'cache-control': 'private' })
  expect(headers).not.toHaveProperty('x-added')
  session.destroy()
  await new Promise((resolve) => server.close(resolve))
})
