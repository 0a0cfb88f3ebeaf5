import { httpError } from '../../lib/errors.js'
import { notFound, notFoundAsSpelled, notServed } from '../../lib/response/next-call.js'

const errno = (code: string) => Object.assign(new Error(`${code}: /a/path`), { code })

test.each([
  ['notServed', notServed(true, 404)],
  ['notFound without a cause', notFound(true, undefined)],
  ['notFound of a name that is missing', notFound(true, errno('ENOENT'))],
  ['notFound of a file that may not be read', notFound(true, errno('EACCES'))],
  ['notFoundAsSpelled', notFoundAsSpelled(true, errno('ENOENT'))],
])('%s falls through', (_what, call) => {
  expect(call).toEqual({})
})

test.each([
  ['notServed', notServed(false, 403), 403],
  ['notFound without a cause', notFound(false, undefined), 404],
  ['notFound of a name that is missing', notFound(false, errno('ENOENT')), 404],
  ['notFound of a file that may not be read', notFound(false, errno('EACCES')), 403],
  // The redirected spelling must not tell which files exist.
  [
    'notFoundAsSpelled of a file that may not be read',
    notFoundAsSpelled(false, errno('EACCES')),
    404,
  ],
  ['notFoundAsSpelled without a cause', notFoundAsSpelled(false, undefined), 404],
])('%s is an error without fallthrough', (_what, call, status) => {
  expect(call.error).toMatchObject({ status })
})

test.each([400, 401, 410, 429])('a source that reports %i does not fall through', (status) => {
  expect(notFound(true, httpError(status)).error).toMatchObject({ status })
})

test.each([true, false])('a failing disk is an error where fallthrough is %p', (fallthrough) => {
  for (const call of [notFound, notFoundAsSpelled]) {
    const { error } = call(fallthrough, errno('EMFILE'))
    expect(error).toMatchObject({ status: 503, code: 'EMFILE' })
    expect(String(error?.stack)).not.toContain('/a/path')
  }
})
