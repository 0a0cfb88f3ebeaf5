import {
  type DescribedFile,
  describeFile,
  type RepresentationSettings,
} from '../../lib/http/describe.js'

const MODIFIED = Date.UTC(2024, 0, 7)
const LATER = MODIFIED + 60_000
const SETTINGS: RepresentationSettings = { etag: true, lastModified: true }
const FILE: DescribedFile = {
  path: '/srv/notes.txt',
  size: 100,
  mtimeNs: BigInt(MODIFIED) * 1_000_000n,
  ctimeNs: BigInt(MODIFIED) * 1_000_000n,
}

interface Case {
  readonly file?: Partial<DescribedFile>
  readonly settings?: Partial<RepresentationSettings>
  readonly set?: Readonly<Record<string, string>>
  readonly now?: number
  readonly window?: { start: number; end?: number }
}

function described({ file, settings, set = {}, now = LATER, window }: Case = {}) {
  return describeFile(
    { ...FILE, ...file },
    { ...SETTINGS, ...settings },
    (name) => set[name],
    now,
    window,
  )
}

test('a file is described by its size, extension and mtime', () => {
  expect(described()).toEqual({
    size: 100,
    offset: 0,
    readTo: Number.POSITIVE_INFINITY,
    type: 'text/plain; charset=utf-8',
    etag: expect.stringMatching(/^"[0-9a-f]+-[0-9a-f]+"$/),
    lastModified: MODIFIED,
    etagIsUnreliable: false,
    dateIsUnreliable: false,
  })
})

test('a negotiated coding has an entity tag of its own, and a Vary', () => {
  const negotiated = { coding: 'br' } as const
  expect(described({ file: { negotiated } })).toMatchObject({
    etag: expect.stringMatching(/^"[0-9a-f]+-[0-9a-f]+-br"$/),
    negotiated: { coding: 'br', vary: 'Accept-Encoding' },
  })
  const set = { ETag: '"own"', Vary: 'Origin' }
  expect(described({ file: { negotiated }, set })).toMatchObject({
    etag: '"own-br"',
    negotiated: { coding: 'br', vary: 'Origin, Accept-Encoding' },
  })
})

test('headers that the application has set take precedence', () => {
  const set = {
    'Content-Type': 'text/html',
    ETag: '"own"',
    'Last-Modified': 'Sat, 06 Jan 2024 00:00:00 GMT',
  }
  expect(described({ set, settings: { etag: false, lastModified: false } })).toMatchObject({
    type: 'text/html',
    etag: '"own"',
    lastModified: Date.UTC(2024, 0, 6),
  })
})

test('an invalid Last-Modified of the application is not used for comparison', () => {
  expect(described({ set: { 'Last-Modified': 'yesterday' } }).lastModified).toBeUndefined()
})

test('validators can be disabled', () => {
  expect(described({ settings: { etag: false } }).etag).toBeUndefined()
  expect(described({ settings: { lastModified: false } }).lastModified).toBeUndefined()
})

describe('a recently modified file', () => {
  const now = MODIFIED + 500

  test('has unreliable validators', () => {
    expect(described({ now })).toMatchObject({ etagIsUnreliable: true, dateIsUnreliable: true })
  })

  test.each<[string, Case]>([
    ['a tag that is set', { set: { ETag: '"own"' } }],
    ['a tag of a function', { settings: { etag: () => 'own' } }],
  ])('has a reliable validator with %s', (_what, given) => {
    expect(described({ ...given, now })).toMatchObject({
      etag: '"own"',
      etagIsUnreliable: false,
      dateIsUnreliable: true,
    })
  })

  test('has a reliable date if the application sets one', () => {
    const set = { 'Last-Modified': 'Sat, 06 Jan 2024 00:00:00 GMT' }
    expect(described({ set, now })).toMatchObject({
      etagIsUnreliable: true,
      dateIsUnreliable: false,
    })
  })
})

describe('an etag function', () => {
  test('receives the metadata of the file', () => {
    const etag = jest.fn(() => '"x"')
    described({ settings: { etag } })
    expect(etag).toHaveBeenCalledWith({
      path: '/srv/notes.txt',
      size: 100,
      modified: new Date(MODIFIED),
    })
  })

  test.each([
    ['"strong"', '"strong"'],
    ['W/"weak"', 'W/"weak"'],
    ['bare', '"bare"'],
    ['', undefined],
  ])('that returns %j makes the entity tag %s', (text, tag) => {
    expect(described({ settings: { etag: () => text } }).etag).toBe(tag)
  })

  test.each(['with "quotes"', 'with space', 'line\r\nbreak', 'emoji 🎉'])(
    'that says %j is an error',
    (text) => {
      expect(() => described({ settings: { etag: () => text } })).toThrow(/"etag" function/)
    },
  )
})

describe('a part of a file', () => {
  test.each([
    [{ start: 0, end: 9 }, 10, 0],
    [{ start: 90 }, 10, 90],
    [{ start: 10, end: 19 }, 10, 10],
    [{ start: 90, end: 500 }, 10, 90],
    [{ start: 100 }, 0, 100],
    [{ start: 500, end: 600 }, 0, 500],
  ])('%j has %i bytes from position %i', (window, size, offset) => {
    expect(described({ window })).toMatchObject({ size, offset })
  })

  test('is a different representation than the whole, with a different entity tag', () => {
    const tags = [undefined, { start: 1 }, { start: 0, end: 1 }, { start: 1, end: 1 }].map(
      (window) => described(window === undefined ? {} : { window }).etag,
    )
    expect(new Set(tags).size).toBe(4)
    for (const tag of tags) expect(tag).toMatch(/^"[0-9a-f-]+"$/)
  })
})

test('an unknown size gives no size and no entity tag', () => {
  expect(described({ file: { size: undefined } })).toMatchObject({
    size: undefined,
    etag: undefined,
  })
})
