import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readChunks } from '../lib/read-chunks.js'
import { streamEvents } from '../lib/stream-events.js'
import { streamFiles } from '../lib/stream-files.js'
import { streamJsonLines } from '../lib/stream-json.js'
import { streamResponse } from '../lib/stream-response.js'

const root = join(__dirname, '..')
const reference = readFileSync(join(root, 'docs/options.md'), 'utf8')
const res = { writeHead() {}, setHeader() {} }

/** The names that a function says it knows when it is given one that it does not. */
function optionsOf(call: (options: object) => unknown): string[] {
  try {
    call({ zzzzzzzz: 1 })
  } catch (error) {
    const [, names] = /it knows (.*)$/.exec((error as Error).message) ?? []
    if (names !== undefined) return names.split(', ')
  }
  throw new Error('The options were not told')
}

test('docs/options.md is what the TSDoc of lib/ says; npm run docs writes it', () => {
  const script = join(root, 'scripts/document-options.mjs')
  const current = execFileSync(process.execPath, [script, '--print'], { encoding: 'utf8' })
  expect(reference).toBe(current)
})

test.each([
  ['streamFiles', 0, optionsOf((options) => streamFiles('.', options))],
  ['streamResponse', 1, optionsOf((options) => streamResponse(res as never, 'a', options))],
  ['streamEvents', 2, optionsOf((options) => streamEvents(res as never, [], options))],
  ['streamJsonLines', 3, optionsOf((options) => streamJsonLines(res as never, [], options))],
  ['readChunks', 4, optionsOf((options) => readChunks('a', options))],
])('docs/options.md has exactly the options of %s', (_name, column, options) => {
  const rows = [...reference.matchAll(/^\| `(\w+)` \| (.*) \|$/gm)]
  const documented = rows.filter(([, , cells = '']) => cells.split(' | ')[column]?.trim() !== '')
  expect(documented.map(([, name]) => name).sort()).toEqual([...options].sort())
})
