import { StoreTimeoutError, storeError } from '../../../lib/source/s3/store-error.js'

/** An error as the SDK throws it for an error document of a store. */
function reported(Code: string, httpStatusCode: number, headers: Record<string, string> = {}) {
  return Object.assign(new Error('bucket my-bucket, key secret.txt'), {
    name: Code,
    Code,
    $metadata: { httpStatusCode },
    $response: { headers },
  })
}

/** An error as the SDK throws it for a response without an error document. */
function bare(httpStatusCode: number) {
  return Object.assign(new Error('UnknownError'), {
    name: 'Unknown',
    $metadata: { httpStatusCode },
  })
}

function failed(code: string, name = 'Error') {
  return Object.assign(new Error(`${code} 10.0.0.1:9000`), { code, name })
}

test.each([
  ['AccessDenied', 403, reported('AccessDenied', 403)],
  ['an archived object', 403, reported('InvalidObjectState', 403)],
  ['InvalidAccessKeyId', 500, reported('InvalidAccessKeyId', 403)],
  ['SignatureDoesNotMatch', 500, reported('SignatureDoesNotMatch', 403)],
  ['ExpiredToken', 500, reported('ExpiredToken', 400)],
  ['RequestTimeTooSkewed', 500, reported('RequestTimeTooSkewed', 403)],
  ['NoSuchBucket', 500, reported('NoSuchBucket', 404)],
  ['a redirect to another region', 500, reported('PermanentRedirect', 301)],
  ['SlowDown', 503, reported('SlowDown', 503)],
  ['SlowDown with a status of 429', 503, reported('SlowDown', 429)],
  ['a 503 without a code', 503, bare(503)],
  ['a 429 without a code', 503, bare(429)],
  ['InternalError', 502, reported('InternalError', 500)],
  ['a 502 of a proxy', 502, bare(502)],
  ['a 504 of a proxy', 504, bare(504)],
  ['RequestTimeout', 504, reported('RequestTimeout', 400)],
  ['a timeout of the SDK', 504, Object.assign(new Error('…'), { name: 'TimeoutError' })],
  ['a timeout of the SDK with a code', 504, failed('ETIMEDOUT', 'TimeoutError')],
  ['a store that sends nothing', 504, new StoreTimeoutError()],
  ['a refused connection', 502, failed('ECONNREFUSED')],
  ['a reset connection', 502, failed('ECONNRESET', 'TimeoutError')],
  ['an unknown host', 502, failed('ENOTFOUND')],
  ['no free descriptor', 503, failed('EMFILE')],
  ['credentials that cannot be loaded', 500, new Error('Could not load credentials')],
  ['a string', 500, 'broken'],
])('%s is a %d', (_name, status, error) => {
  const converted = storeError(error)
  expect(converted.status).toBe(status)
  expect(converted.cause).toBe(error)
})

test('the code is that of the store, or of the connection', () => {
  expect(storeError(reported('NoSuchBucket', 404)).code).toBe('NoSuchBucket')
  expect(storeError(failed('ECONNREFUSED')).code).toBe('ECONNREFUSED')
})

test('the message and the stack tell nothing of the store', () => {
  const { message, stack } = storeError(reported('AccessDenied', 403))
  expect(message).toBe('Forbidden')
  expect(stack).toBe('ForbiddenError: Forbidden')
})

test.each([
  ['7', '7'],
  [undefined, '1'],
  ['Wed, 21 Oct 2015 07:28:00 GMT', '1'],
  ['1\r\nX: y', '1'],
])('with the Retry-After %j of a store that is busy, it is %j', (given, sent) => {
  const headers = given === undefined ? {} : { 'retry-after': given }
  expect(storeError(reported('SlowDown', 503, headers)).headers).toEqual({ 'Retry-After': sent })
})

test('the Retry-After of another failure is not sent', () => {
  const error = reported('AccessDenied', 403, { 'retry-after': '7' })
  expect(storeError(error).headers).toBeUndefined()
})
