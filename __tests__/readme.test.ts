import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { streamEvents } from '../lib/stream-events.js'
import { streamFiles } from '../lib/stream-files.js'
import { streamJsonLines } from '../lib/stream-json.js'
import { streamResponse } from '../lib/stream-response.js'

const readme = readFileSync(join(__dirname, '../README.md'), 'utf8')
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

test.each([
  ['streamFiles', optionsOf((options) => streamFiles('.', options))],
  ['streamEvents', optionsOf((options) => streamEvents(res as never, [], options))],
  ['streamJsonLines', optionsOf((options) => streamJsonLines(res as never, [], options))],
  ['streamResponse', optionsOf((options) => streamResponse(res as never, 'a', options))],
])('the README has every option of %s in a table', (_name, options) => {
  expect(options.length).toBeGreaterThan(10)
  const missing = options.filter(
    (option) => !new RegExp(`^\\|[^|]*\`${option}\``, 'm').test(readme),
  )
  expect(missing).toEqual([])
})
