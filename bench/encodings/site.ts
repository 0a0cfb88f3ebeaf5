import {
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CONTENT_CODINGS, type ContentCoding, siblingName } from '../../lib/http/content-coding.js'

/** A coding as it is compared: what `Content-Encoding` says, or `identity` without it. */
export type SentCoding = ContentCoding | 'identity'

export interface EncodedSite {
  readonly root: string
  remove(): void
}

const MODIFIED = new Date('2024-02-29T12:34:56.789Z')
const WHOLE_SECOND = new Date('2024-02-29T12:34:56Z')
const OLDER = new Date('2024-02-29T12:34:55.789Z')
const NEWER = new Date('2024-02-29T12:34:57.789Z')

/** The codings of which a file has an ordinary sibling, newer than the file. */
const SIBLINGS: Readonly<Record<string, readonly ContentCoding[]>> = {
  'all.js': CONTENT_CODINGS,
  'br-zst.js': ['br', 'zstd'],
  'br-gz.js': ['br', 'gzip'],
  'zst-gz.js': ['zstd', 'gzip'],
  'br.js': ['br'],
  'zst.js': ['zstd'],
  'gz.js': ['gzip'],
  'none.js': [],
  'old.js': CONTENT_CODINGS,
  'old-br.js': CONTENT_CODINGS,
  'old-gz.js': ['br', 'gzip'],
  'same-time.js': CONTENT_CODINGS,
  'rounded-br.js': ['br', 'gzip'],
  'empty-br.js': ['br', 'gzip'],
  'directory-br.js': ['gzip'],
  'escaping-br.js': ['gzip'],
}

const OLD_SIBLINGS = ['old.js.br', 'old.js.zst', 'old.js.gz', 'old-br.js.br', 'old-gz.js.gz']

/** Siblings that are not newer than their originals, and not older. */
const DATES: readonly (readonly [name: string, Date])[] = [
  ['same-time.js.br', MODIFIED],
  ['same-time.js.zst', MODIFIED],
  ['same-time.js.gz', MODIFIED],
  // As `brotli -k` copies the mtime of the original.
  ['rounded-br.js.br', WHOLE_SECOND],
]

/** The content of a file in a coding. It is not really encoded, because nothing decodes it. */
export function contentOf(name: string, coding: string): string {
  return `${name} as ${coding}`
}

/** Makes a directory of files with and without siblings, below the system's temporary directory. */
export function buildEncodedSite(): EncodedSite {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'stream-files-encodings-')))
  const root = join(base, 'root')
  mkdirSync(root)
  const write = (path: string, content: string, date: Date) => {
    writeFileSync(path, content)
    utimesSync(path, date, date)
  }
  for (const [name, codings] of Object.entries(SIBLINGS)) {
    write(join(root, name), contentOf(name, 'identity'), MODIFIED)
    for (const coding of codings) {
      write(join(root, siblingName(name, coding)), contentOf(name, coding), NEWER)
    }
  }
  for (const name of OLD_SIBLINGS) write(join(root, name), 'an older version', OLDER)
  for (const [name, date] of DATES) utimesSync(join(root, name), date, date)
  write(join(root, 'empty-br.js.br'), '', NEWER)
  write(join(root, 'orphan.js.br'), contentOf('orphan.js', 'br'), NEWER)
  mkdirSync(join(root, 'directory-br.js.br'))
  write(join(base, 'secret'), 'secret', NEWER)
  symlinkSync('../secret', join(root, 'escaping-br.js.br'))
  return { root, remove: () => rmSync(base, { recursive: true, force: true }) }
}
