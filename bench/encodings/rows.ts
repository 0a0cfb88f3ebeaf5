import type { SentCoding } from './site.js'

/** A request, and the coding that it must get (RFC 9110 §12.5.3). */
export interface EncodingRow {
  readonly group: string
  readonly file: string
  /** `undefined`: the request has no `Accept-Encoding`. */
  readonly acceptEncoding: string | undefined
  readonly expected: SentCoding
}

type Case = readonly [file: string, acceptEncoding: string | undefined, expected: SentCoding]

const BROWSER = 'gzip, deflate, br, zstd'

function group(name: string, cases: readonly Case[]): EncodingRow[] {
  return cases.map(([file, acceptEncoding, expected]) => {
    return { group: name, file, acceptEncoding, expected }
  })
}

const existing = group('which siblings exist', [
  ['all.js', BROWSER, 'br'],
  ['br-zst.js', BROWSER, 'br'],
  ['br-gz.js', BROWSER, 'br'],
  ['zst-gz.js', BROWSER, 'zstd'],
  ['br.js', BROWSER, 'br'],
  ['zst.js', BROWSER, 'zstd'],
  ['gz.js', BROWSER, 'gzip'],
  ['none.js', BROWSER, 'identity'],
  ['all.js', 'gzip, deflate', 'gzip'],
  ['br-zst.js', 'gzip, deflate', 'identity'],
  ['all.js', 'gzip', 'gzip'],
  ['all.js', 'br', 'br'],
  ['all.js', 'zstd', 'zstd'],
  ['gz.js', 'br', 'identity'],
  ['br.js', 'gzip', 'identity'],
  ['zst.js', 'gzip, br', 'identity'],
  ['none.js', 'gzip', 'identity'],
])

const absent = group('no coding is accepted', [
  ['all.js', undefined, 'identity'],
  ['all.js', '', 'identity'],
  ['all.js', 'identity', 'identity'],
  ['all.js', 'deflate', 'identity'],
  ['all.js', 'compress, deflate', 'identity'],
  ['all.js', ', ,', 'identity'],
])

const weights = group('weights', [
  ['all.js', 'br;q=0.5, gzip;q=0.8', 'gzip'],
  ['all.js', 'gzip;q=1.0, br;q=0.1, zstd;q=0.2', 'gzip'],
  ['br-zst.js', 'gzip;q=1.0, br;q=0.1, zstd;q=0.2', 'zstd'],
  ['br.js', 'gzip;q=1.0, br;q=0.1, zstd;q=0.2', 'br'],
  ['all.js', 'gzip;q=0.001', 'gzip'],
  ['all.js', 'gzip;q=0.8, br;q=0.8, zstd;q=0.8', 'br'],
  ['zst-gz.js', 'gzip;q=0.8, br;q=0.8, zstd;q=0.8', 'zstd'],
  ['all.js', 'gzip;q=0.999, zstd;q=1.000', 'zstd'],
  ['all.js', 'gzip;Q=0.2, zstd;Q=0.4', 'zstd'],
  ['all.js', 'br\t;\tq=0.2 , gzip ; q=0.4', 'gzip'],
])

const refused = group('refused codings', [
  ['all.js', 'gzip;q=0', 'identity'],
  ['all.js', 'gzip;q=0.000', 'identity'],
  ['all.js', 'gzip;Q=0', 'identity'],
  ['all.js', 'br;q=0, gzip', 'gzip'],
  ['br.js', 'br;q=0, gzip', 'identity'],
  ['gz.js', 'br, gzip;q=0', 'identity'],
  ['all.js', 'br;q=0, zstd;q=0, gzip;q=0', 'identity'],
])

const wildcard = group('the wildcard `*`', [
  ['all.js', '*', 'br'],
  ['gz.js', '*', 'gzip'],
  ['none.js', '*', 'identity'],
  ['all.js', '*;q=0', 'identity'],
  ['all.js', 'gzip, *;q=0', 'gzip'],
  ['br.js', 'gzip, *;q=0', 'identity'],
  ['all.js', 'br;q=0, *', 'zstd'],
  ['br.js', 'br;q=0, *', 'identity'],
  ['all.js', 'gzip, *;q=0.5', 'gzip'],
  ['br.js', 'gzip, *;q=0.5', 'br'],
  ['all.js', '*;q=0.5, identity;q=0.8', 'identity'],
])

const identity = group('identity', [
  ['all.js', 'identity;q=0, br', 'br'],
  ['none.js', 'identity;q=0, br', 'identity'],
  ['gz.js', 'identity;q=0, br', 'identity'],
  ['all.js', 'identity;q=0', 'identity'],
  ['none.js', 'identity;q=0, *;q=0', 'identity'],
  ['all.js', 'identity, gzip;q=0.5', 'identity'],
  ['all.js', 'identity;q=0.5, gzip;q=0.5', 'gzip'],
  ['all.js', 'identity;q=0.2, gzip;q=0.1, br;q=0.3', 'br'],
  ['all.js', 'identity;q=1, *;q=0', 'identity'],
])

const tokens = group('whole tokens, in any case', [
  ['all.js', 'BR', 'br'],
  ['all.js', 'GZip', 'gzip'],
  ['all.js', 'Zstd', 'zstd'],
  ['all.js', 'x-gzip', 'gzip'],
  ['all.js', 'X-GZIP;q=0.5', 'gzip'],
  ['all.js', 'brotli', 'identity'],
  ['all.js', 'x-brotli', 'identity'],
  ['all.js', 'brx', 'identity'],
  ['all.js', 'xbr', 'identity'],
  ['all.js', 'gzipped', 'identity'],
  ['all.js', 'not-gzip', 'identity'],
  ['all.js', 'x-zstd', 'identity'],
  ['all.js', 'zst', 'identity'],
  ['all.js', 'deflate;note=gzip', 'identity'],
  ['all.js', 'calibre', 'identity'],
])

const malformed = group('malformed or contradictory weights', [
  ['all.js', 'gzip;q=', 'identity'],
  ['all.js', 'gzip;q', 'identity'],
  ['all.js', 'gzip;q=x', 'identity'],
  ['all.js', 'gzip;q=-1', 'identity'],
  ['all.js', 'gzip;q=2, zstd;q=0.5', 'zstd'],
  ['all.js', 'gzip;q="1"', 'identity'],
  ['all.js', 'gzip;q=1=1', 'identity'],
  ['all.js', 'gzip;q=0, gzip', 'identity'],
  ['all.js', 'x-gzip;q=0, gzip', 'identity'],
])

const stale = group('siblings that are older, or empty', [
  ['old.js', BROWSER, 'identity'],
  ['old.js', 'gzip', 'identity'],
  ['old.js', 'identity;q=0, gzip', 'identity'],
  ['old-br.js', BROWSER, 'zstd'],
  ['old-br.js', 'br', 'identity'],
  ['old-br.js', 'br, gzip', 'gzip'],
  ['old-gz.js', 'gzip', 'identity'],
  ['old-gz.js', 'gzip, br;q=0.5', 'br'],
  ['same-time.js', BROWSER, 'br'],
  ['same-time.js', 'gzip', 'gzip'],
  ['rounded-br.js', BROWSER, 'br'],
  ['empty-br.js', BROWSER, 'gzip'],
  ['empty-br.js', 'br', 'identity'],
])

const special = group('siblings that are no files below the root', [
  ['directory-br.js', BROWSER, 'gzip'],
  ['directory-br.js', 'br', 'identity'],
  ['escaping-br.js', BROWSER, 'gzip'],
  ['escaping-br.js', 'br', 'identity'],
])

/** Every request of the comparison. */
export const rows: readonly EncodingRow[] = [
  ...existing,
  ...absent,
  ...weights,
  ...refused,
  ...wildcard,
  ...identity,
  ...tokens,
  ...malformed,
  ...stale,
  ...special,
]
