import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  contentLengthMismatch,
  headersAlreadySent,
  sourceLengthMismatch,
  sourceTimeout,
  stallError,
  statusOf,
} from '../../lib/errors.js'
import { streamFiles, streamResponse } from '../../lib/index.js'
import {
  StoreTimeoutError,
  storeError,
  UnexpectedResponseError,
} from '../../lib/source/s3/store-error.js'
import { readDocument } from '../support/documents.js'

const page = readDocument('docs/errors.md')
const rows = [...page.matchAll(/^\| `(E[A-Z_]+)` \| (\d+) \|/gm)].map(
  ([, code = '', status]) => [code, Number(status)] as const,
)

const created = new Map(
  [
    contentLengthMismatch(1, 2),
    headersAlreadySent(),
    sourceLengthMismatch(1, 2),
    sourceTimeout(),
    stallError(),
    storeError(new StoreTimeoutError()),
    storeError(new UnexpectedResponseError()),
  ].map((error) => [error.code, error.status]),
)

test.each(rows)('%s has the status %i', (code, status) => {
  expect(created.get(code) ?? statusOf({ code })).toBe(status)
})

test('every code that lib/ uses is in the table', () => {
  const lib = join(__dirname, '../../lib')
  const modules = readdirSync(lib, { recursive: true, encoding: 'utf8' })
  const code = modules
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(lib, name), 'utf8'))
  const own = code
    .join('\n')
    .match(/'ERR_[A-Z_]+'/g)
    ?.map((text) => text.slice(1, -1))
  const ofSystem = readFileSync(join(lib, 'errors.ts'), 'utf8').match(/(?<=\[')E[A-Z_]+(?=', \d)/g)
  const documented = new Set(rows.map(([name]) => name))
  expect([...(own ?? []), ...(ofSystem ?? [])].filter((name) => !documented.has(name))).toEqual([])
  expect(documented.size).toBeGreaterThan(15)
})

const res = { writeHead() {}, setHeader() {} }

test.each([
  () => streamFiles('.', { maxage: 1 } as object),
  () => streamFiles('.', { dotfiles: 'hide' } as object),
  () => streamResponse(res as never, ['a'], { start: 1 } as object),
  () => streamResponse(res as never, 'a', { follow: true, digest: 'sha-256' } as object),
])('%s throws what the page quotes', (call) => {
  const quotes = /^```\n(streamFiles.*?)^```/ms.exec(page)?.[1]?.trim().split('\n') ?? []
  expect(call).toThrow(TypeError)
  expect(quotes).toContain(messageOf(call))
})

function messageOf(call: () => unknown): string {
  try {
    call()
  } catch (error) {
    return (error as Error).message
  }
  return ''
}
