import {
  type Decision,
  type DecisionInput,
  decide,
  type ResponsePolicy,
} from '../../lib/http/decision.js'
import type { Representation, RequestFields } from '../../lib/http/representation.js'

const NOW = Date.UTC(2024, 5, 1)
const MODIFIED = 'Sun, 07 Jan 2024 00:00:00 GMT'
const LONG_AGO = 'Mon, 01 Jan 2001 00:00:00 GMT'

interface Case {
  readonly request?: Partial<RequestFields>
  readonly representation?: Partial<Representation>
  readonly policy?: Partial<ResponsePolicy>
  readonly status?: number
  readonly set?: readonly string[]
}

function decisionOf({ request, representation, policy, status = 200, set = [] }: Case): Decision {
  const circumstances: DecisionInput = {
    request: { method: 'GET', ...request },
    representation: {
      size: 100,
      offset: 0,
      readTo: Number.POSITIVE_INFINITY,
      type: 'text/plain',
      etag: '"v1"',
      lastModified: Date.parse(MODIFIED),
      etagIsUnreliable: false,
      dateIsUnreliable: false,
      ...representation,
    },
    policy: {
      acceptRanges: true,
      cacheControl: 'public, max-age=0',
      chunkSize: 65_536,
      contentLength: false,
      ...policy,
    },
    status,
    isSet: (name) => set.includes(name),
    now: NOW,
    boundary: () => 'BOUNDARY',
  }
  return decide(circumstances)
}

function decided(given: Case) {
  const { status, headers, segments } = decisionOf(given)
  return { status, headers: Object.fromEntries(headers), segments }
}

const METADATA = { 'Cache-Control': 'public, max-age=0', 'Last-Modified': MODIFIED, ETag: '"v1"' }
const WHOLE = [{ start: 0, end: 99 }]

describe('the complete file', () => {
  test('is a 200 without a length, so that it is chunked', () => {
    expect(decided({})).toEqual({
      status: 200,
      headers: { 'Content-Type': 'text/plain', ...METADATA, 'Accept-Ranges': 'bytes' },
      segments: WHOLE,
    })
  })

  test('has a length if the options enable it', () => {
    expect(decided({ policy: { contentLength: true } }).headers).toMatchObject({
      'Content-Length': '100',
    })
  })

  test.each([
    ['1.0', '100'],
    ['1.1', undefined],
    ['2.0', undefined],
    [undefined, undefined],
  ])('for a request in HTTP/%s has the length %s', (httpVersion, length) => {
    expect(decided({ request: { httpVersion } }).headers['Content-Length']).toBe(length)
    const unknown = { request: { httpVersion }, representation: { size: undefined } }
    expect(decided(unknown).headers).not.toHaveProperty('Content-Length')
    const status = decided({ request: { httpVersion }, status: 204 })
    expect(status.headers).not.toHaveProperty('Content-Length')
  })

  test.each([
    [100, '100'],
    [99, undefined],
  ])(
    "with contentLength: 'auto' and chunks of %s bytes says the length %s",
    (chunkSize, length) => {
      const { headers } = decided({ policy: { contentLength: 'auto', chunkSize } })
      expect(headers['Content-Length']).toBe(length)
    },
  )

  test("with contentLength: 'auto' has a length for an attachment", () => {
    const policy = { contentLength: 'auto', chunkSize: 1 } as const
    const representation = { disposition: 'attachment' }
    expect(decided({ policy, representation }).headers['Content-Length']).toBe('100')
  })

  test('has a length and no body on HEAD', () => {
    const { headers, segments } = decided({ request: { method: 'HEAD' } })
    expect(headers).toMatchObject({ 'Content-Length': '100' })
    expect(segments).toEqual([])
  })

  test('that is empty has no segments', () => {
    expect(decided({ representation: { size: 0 } }).segments).toEqual([])
  })

  test('of unknown size is read to its end, and has no ranges', () => {
    const unknown = { representation: { size: undefined } }
    expect(decided(unknown).segments).toEqual([{ start: 0, end: Number.POSITIVE_INFINITY }])
    expect(decided(unknown).headers).not.toHaveProperty('Accept-Ranges')
    expect(decided({ ...unknown, request: { range: 'bytes=0-1' } }).status).toBe(200)
    expect(decided({ ...unknown, request: { method: 'HEAD' } }).headers).not.toHaveProperty(
      'Content-Length',
    )
  })

  test('of unknown size ends at readTo', () => {
    const representation = { size: undefined, offset: 5, readTo: 9 }
    expect(decided({ representation }).segments).toEqual([{ start: 5, end: 9 }])
  })

  test('may be a part of a file', () => {
    expect(decided({ representation: { size: 10, offset: 50 } }).segments).toEqual([
      { start: 50, end: 59 },
    ])
  })

  test('has only the headers that have a value', () => {
    const { headers } = decided({
      representation: { etag: undefined, lastModified: undefined },
      policy: { cacheControl: undefined, acceptRanges: false },
    })
    expect(headers).toEqual({ 'Content-Type': 'text/plain' })
  })

  test('keeps every header that the application has set', () => {
    const set = ['Content-Type', 'Cache-Control', 'Last-Modified', 'ETag', 'Accept-Ranges']
    expect(decided({ set }).headers).toEqual({})
  })

  test('is framed by Node alone', () => {
    expect(decisionOf({}).remove).toEqual(['Content-Length', 'Transfer-Encoding'])
  })
})

describe('a status that the application has set', () => {
  const request = { ifNoneMatch: '"v1"', ifMatch: '"v0"', range: 'bytes=0-1' }

  test.each([201, 203, 404, 500])('%i disables preconditions and ranges', (status) => {
    const { headers, ...rest } = decided({ status, request })
    expect(rest).toEqual({ status, segments: WHOLE })
    expect(headers).not.toHaveProperty('Accept-Ranges')
  })

  test.each([204, 205, 304])('%i has no content, no type and no length', (status) => {
    for (const method of ['GET', 'HEAD']) {
      const { headers, segments } = decided({
        status,
        request: { method },
        policy: { contentLength: true },
      })
      expect(segments).toEqual([])
      expect(headers).not.toHaveProperty('Content-Length')
      expect(headers).not.toHaveProperty('Content-Type')
    }
  })
})

test.each(['POST', 'PUT', 'DELETE', 'PATCH', 'QUERY'])(
  'a %s has neither preconditions nor ranges',
  (method) => {
    const request = { method, ifNoneMatch: '*', ifMatch: '"v0"', range: 'bytes=0-1' }
    expect(decided({ request })).toMatchObject({ status: 200, segments: WHOLE })
  },
)

describe('304 Not Modified', () => {
  test.each([
    ['GET', { ifNoneMatch: '"v1"' }],
    ['HEAD', { ifNoneMatch: '"v1"' }],
    ['GET', { ifModifiedSince: MODIFIED }],
    ['GET', { ifNoneMatch: '"v1"', range: 'bytes=0-1' }],
    ['GET', { ifNoneMatch: '"v1"', range: 'bytes=500-' }],
  ])('for %s with %j has the metadata and no content headers', (method, fields) => {
    expect(decided({ request: { method, ...fields } })).toEqual({
      status: 304,
      headers: METADATA,
      segments: [],
    })
  })

  test('removes the content headers that the application has set', () => {
    expect(decisionOf({ request: { ifNoneMatch: '*' } }).remove).toEqual(
      expect.arrayContaining(['Content-Type', 'Content-Length', 'Content-Encoding']),
    )
  })

  test('keeps fields that are set', () => {
    const request = { ifNoneMatch: '*' }
    expect(decided({ request, set: ['Cache-Control', 'ETag'] }).headers).toEqual({
      'Last-Modified': MODIFIED,
    })
  })
})

describe('412 Precondition Failed', () => {
  test.each([
    ['GET', { ifMatch: '"v0"' }],
    ['HEAD', { ifMatch: '"v0"' }],
    ['GET', { ifUnmodifiedSince: LONG_AGO }],
    ['GET', { ifMatch: '"v0"', range: 'bytes=500-' }],
  ])('for %s with %j is an empty body', (method, fields) => {
    expect(decided({ request: { method, ...fields } })).toEqual({
      status: 412,
      headers: { 'Content-Length': '0' },
      segments: [],
    })
  })

  test('has no header that describes the file', () => {
    expect(decisionOf({ request: { ifMatch: '"v0"' } }).remove).toEqual(
      expect.arrayContaining(['Cache-Control', 'ETag', 'Last-Modified', 'Content-Disposition']),
    )
  })
})

describe('a body whose coding middleware may change', () => {
  const representation = { reencoding: 'possible', etag: 'W/"v1"' } as const

  test('has the weak entity tag, whatever the application has set', () => {
    for (const set of [[], ['ETag']]) {
      expect(decided({ representation, set }).headers).toMatchObject({ ETag: 'W/"v1"' })
    }
    expect(decisionOf({ representation }).noTransform).toBe(false)
  })

  test('is a 304 with the weak entity tag', () => {
    const { status, headers } = decided({ representation, request: { ifNoneMatch: 'W/"v1"' } })
    expect([status, headers.ETag]).toEqual([304, 'W/"v1"'])
  })

  test.each(['"v1"', 'W/"v1"', MODIFIED])('is sent completely for If-Range: %s', (ifRange) => {
    expect(decided({ representation, request: { range: 'bytes=5-', ifRange } }).status).toBe(200)
  })

  test('is sent in part without If-Range, and the part has no-transform', () => {
    const given = { representation, request: { range: 'bytes=5-' } }
    expect(decisionOf(given)).toMatchObject({ status: 206, noTransform: true })
    expect(decided(given).headers).toMatchObject({ ETag: 'W/"v1"' })
  })
})

test.each([
  [200, {}],
  [206, { range: 'bytes=5-', ifRange: '"v1"' }],
  [206, { range: 'bytes=5-,1-2' }],
  [304, { ifNoneMatch: '"v1"' }],
])('a coding that must not change has no-transform on a %s', (status, request) => {
  const representation = { reencoding: 'forbidden' } as const
  expect(decisionOf({ representation, request })).toMatchObject({ status, noTransform: true })
})

describe('a negotiated body', () => {
  const BR = { negotiated: { coding: 'br', vary: 'Origin, Accept-Encoding' } } as const
  const IDENTITY = { negotiated: { coding: undefined, vary: 'Accept-Encoding' } } as const
  const encoded = (given: Case) => decided({ ...given, representation: BR })

  test.each([
    [200, {}, 'br'],
    [206, { range: 'bytes=0-9' }, 'br'],
    [304, { ifNoneMatch: '"v1"' }, undefined],
    [412, { ifMatch: '"v0"' }, undefined],
    [416, { range: 'bytes=100-' }, undefined],
  ])('has a Vary in a %i, and its coding where it has content', (status, request, coding) => {
    const { headers, status: sent } = encoded({ request })
    expect(sent).toBe(status)
    expect(headers.Vary).toBe('Origin, Accept-Encoding')
    expect(headers['Content-Encoding']).toBe(coding)
  })

  test('replaces an entity tag that the application has set, if it is encoded', () => {
    const set = ['ETag']
    expect(encoded({ set }).headers.ETag).toBe('"v1"')
    expect(decided({ representation: IDENTITY, set }).headers.ETag).toBeUndefined()
  })

  test('is sent whole instead of in several ranges, if it is encoded', () => {
    const request = { range: 'bytes=0-1,4-5' }
    expect(decided({ request, set: ['Content-Encoding'] })).toMatchObject({
      status: 200,
      segments: WHOLE,
    })
    expect(encoded({ request })).toMatchObject({ status: 200, segments: WHOLE })
    expect(decided({ representation: IDENTITY, request })).toMatchObject({
      status: 206,
      headers: { Vary: 'Accept-Encoding' },
    })
  })
})

describe('206 Partial Content', () => {
  test('of one range has a Content-Range and a Content-Length', () => {
    expect(decided({ request: { range: 'bytes=10-19' } })).toEqual({
      status: 206,
      headers: {
        'Content-Type': 'text/plain',
        ...METADATA,
        'Accept-Ranges': 'bytes',
        'Content-Range': 'bytes 10-19/100',
        'Content-Length': '10',
      },
      segments: [{ start: 10, end: 19 }],
    })
  })

  test.each([
    ['bytes=-200', 'bytes 0-99/100'],
    ['bytes=-1', 'bytes 99-99/100'],
    ['bytes=0-', 'bytes 0-99/100'],
    ['bytes=90-900', 'bytes 90-99/100'],
    ['bytes=0-4,5-9', 'bytes 0-9/100'],
    ['bytes=0-4,900-', 'bytes 0-4/100'],
  ])('%s is %s', (range, contentRange) => {
    expect(decided({ request: { range } })).toMatchObject({
      status: 206,
      headers: { 'Content-Range': contentRange },
    })
  })

  test('counts from the start of the window', () => {
    const representation = { size: 10, offset: 50 }
    expect(decided({ representation, request: { range: 'bytes=-2' } })).toMatchObject({
      headers: { 'Content-Range': 'bytes 8-9/10' },
      segments: [{ start: 58, end: 59 }],
    })
  })

  test('of several ranges is multipart/byteranges, with a length', () => {
    const representation = { offset: 1000 }
    const { status, headers, segments } = decided({
      representation,
      request: { range: 'bytes=90-99,0-9' },
    })
    expect(status).toBe(206)
    expect(headers).toEqual({
      ...METADATA,
      'Accept-Ranges': 'bytes',
      'Content-Type': 'multipart/byteranges; boundary=BOUNDARY',
      'Content-Length': String(
        segments.reduce(
          (sum, part) =>
            sum + (part instanceof Uint8Array ? part.length : part.end - part.start + 1),
          0,
        ),
      ),
    })
    expect(segments.filter((part) => !(part instanceof Uint8Array))).toEqual([
      { start: 1090, end: 1099 },
      { start: 1000, end: 1009 },
    ])
    expect(String(segments[0])).toContain(
      'Content-Type: text/plain\r\nContent-Range: bytes 90-99/100',
    )
  })

  test('of several ranges replaces the Content-Type that was set', () => {
    const given = { request: { range: 'bytes=0-1,5-6' }, set: ['Content-Type'] }
    expect(decided(given).headers).toHaveProperty(
      'Content-Type',
      expect.stringMatching(/^multipart/),
    )
  })
})

describe('416 Range Not Satisfiable', () => {
  test.each(['bytes=100-', 'bytes=-0', 'bytes=100-,200-300'])('for %s has the size', (range) => {
    expect(decided({ request: { range } })).toEqual({
      status: 416,
      headers: { 'Content-Range': 'bytes */100', 'Content-Length': '0' },
      segments: [],
    })
  })

  test('removes the headers that describe the file, as a 412 does', () => {
    const ofTheFile = ['Cache-Control', 'Content-Disposition', 'ETag', 'Last-Modified']
    const ofTheContent = ['Content-Encoding', 'Content-Language', 'Content-Type']
    const remove = expect.arrayContaining([...ofTheFile, ...ofTheContent])
    expect(decisionOf({ request: { range: 'bytes=100-' } })).toMatchObject({ status: 416, remove })
    expect(decisionOf({ request: { ifMatch: '"v0"' } })).toMatchObject({ status: 412, remove })
  })

  test('is the response to a range of an empty file', () => {
    const given = { representation: { size: 0 }, request: { range: 'bytes=0-' } }
    expect(decided(given)).toMatchObject({
      status: 416,
      headers: { 'Content-Range': 'bytes */0' },
    })
  })
})

describe('the complete file, despite a Range header', () => {
  test.each<[string, Case]>([
    ['the range is malformed', { request: { range: 'bytes=x' } }],
    ['it is inverted', { request: { range: 'bytes=5-2' } }],
    ['its unit is unknown', { request: { range: 'lines=0-1' } }],
    ['the method is HEAD', { request: { method: 'HEAD', range: 'bytes=0-1' } }],
    [
      'the method is HEAD and it is unsatisfiable',
      { request: { method: 'HEAD', range: 'bytes=900-' } },
    ],
    [
      'ranges are switched off',
      { request: { range: 'bytes=0-1' }, policy: { acceptRanges: false } },
    ],
    ['If-Range has another tag', { request: { range: 'bytes=0-1', ifRange: '"v0"' } }],
    ['If-Range has a weak tag', { request: { range: 'bytes=0-1', ifRange: 'W/"v1"' } }],
    ['If-Range has another date', { request: { range: 'bytes=0-1', ifRange: LONG_AGO } }],
    ['… and it is unsatisfiable', { request: { range: 'bytes=900-', ifRange: LONG_AGO } }],
  ])('%s', (_why, given) => {
    expect(decided(given).status).toBe(200)
  })
})

test.each([{ ifRange: '"v1"' }, { ifRange: MODIFIED }, { ifMatch: '"v1"' }])(
  'a range holds with %j',
  (fields) => {
    expect(decided({ request: { range: 'bytes=0-1', ...fields } }).status).toBe(206)
  },
)
