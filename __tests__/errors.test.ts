import { readFileSync } from 'node:fs'
import { inspect } from 'node:util'
import {
  abortError,
  applicationError,
  errorText,
  httpError,
  sourceError,
  statusOf,
  toHttpError,
} from '../lib/errors.js'

const PATH = '/srv/machine/secret.txt'

function failure(code: string): NodeJS.ErrnoException {
  const error: NodeJS.ErrnoException = new Error(`${code}: it failed, open '${PATH}'`)
  return Object.assign(error, { code, errno: -1, syscall: 'open', path: PATH })
}

describe.each([
  [404, ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP', 'EMLINK', 'EISDIR', 'EINVAL', 'ENXIO']],
  [403, ['EACCES', 'EPERM']],
  [503, ['EMFILE', 'ENFILE', 'EAGAIN', 'ERR_FILE_CHANGED']],
  [500, ['EIO', 'ENOMEM', 'EBADF', 'EBUSY', 'ESTALE', '__proto__', 'toString']],
])('a %i', (status, codes) => {
  test.each(codes)('is what %s becomes, with its code and its cause', (code) => {
    const cause = failure(code)
    expect(toHttpError(cause)).toMatchObject({ status, statusCode: status, code, cause })
  })
})

test.each(['EMFILE', 'ENFILE', 'EAGAIN', 'ERR_FILE_CHANGED'])(
  '%s asks the client to come back',
  (code) => {
    expect(toHttpError(failure(code)).headers).toEqual({ 'Retry-After': '1' })
  },
)

test.each([
  [new Error(`no errno, ${PATH}`)],
  [PATH],
  [undefined],
  [null],
  [{ code: 5, path: PATH }],
  [{ path: PATH }],
])('%p is a 500', (thrown) => {
  expect(toHttpError(thrown)).toMatchObject({ status: 500, message: 'Internal Server Error' })
})

describe('the error that a client may see reveals nothing about the machine', () => {
  const errors = ['ENOENT', 'EACCES', 'EMFILE', 'EIO'].map((code) => toHttpError(failure(code)))
  errors.push(toHttpError(new Error(PATH)), httpError(403, failure('EACCES')))

  test.each(errors.map((error) => [error.message, error]))('%s', (_message, error) => {
    const shown = [error.message, error.stack, String(error), JSON.stringify(error)]
    shown.push(JSON.stringify({ ...error }))
    for (const text of shown) {
      expect(text).not.toContain('/srv')
      expect(text).not.toContain(__dirname)
    }
  })
})

test('the cause, for the server log, has everything', () => {
  expect(inspect(toHttpError(failure('EACCES')))).toContain(PATH)
})

test('an http-errors error of the application is not changed', () => {
  const mine = httpError(418)
  expect(toHttpError(mine)).toBe(mine)
})

test('a real failed call is converted like any other', () => {
  const missing = `${__dirname}/missing`
  const read = () => readFileSync(missing)
  let cause: unknown
  try {
    read()
  } catch (error) {
    cause = error
  }
  expect(toHttpError(cause)).toMatchObject({ status: 404, code: 'ENOENT', cause })
})

describe('an error that cannot be read', () => {
  const refuse = () => {
    throw new Error('unreadable')
  }
  const unreadable: readonly [string, () => object][] = [
    ['a status getter that throws', () => unreadableProperty(new Error('foo'), 'status')],
    ['a code getter that throws', () => unreadableProperty(new Error('foo'), 'code')],
    ['an http-errors error', () => unreadableProperty(httpError(418), 'status')],
    [
      'a Proxy',
      () => new Proxy(new Error('foo'), { get: refuse, has: refuse, getPrototypeOf: refuse }),
    ],
  ]

  function unreadableProperty(error: Error, name: string): Error {
    return Object.defineProperty(error, name, { get: refuse })
  }

  test.each(unreadable)('is a plain 500 with it as its cause: %s', (_what, thrown) => {
    for (const convert of [applicationError, sourceError, toHttpError]) {
      const cause = thrown()
      const error = convert(cause)
      expect([error.status, statusOf(cause)]).toEqual([500, 500])
      // Not `toEqual`, which would read the cause.
      expect(error === cause || error.cause === cause).toBe(true)
    }
  })

  test.each(unreadable)('is a 503 as the reason of a signal: %s', (_what, reason) => {
    expect(abortError(reason()).status).toBe(503)
  })
})

test.each([
  [new Error('foo'), 'Error: foo'],
  ['foo', 'foo'],
  [Symbol('foo'), 'Symbol(foo)'],
  [Object.create(null), 'an object without a text'],
])('what was thrown has a text for a warning', (thrown, text) => {
  expect(errorText(thrown)).toBe(text)
})
