import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { readDocument } from '../support/documents.js'

const root = join(__dirname, '../..')
const [table = ''] =
  readDocument('CONTRIBUTING.md').match(/(?<=\| task \| command \|\n).*?(?=\n\n)/s) ?? []

function commandsOf(text: string): string[] {
  return [...text.matchAll(/`((?:npm|scripts\/|npx )[^`]*)`/g)].map(([, command = '']) => command)
}

test('the first table of CONTRIBUTING.md has what CI runs, in its order', () => {
  const ci = readFileSync(join(root, '.ci/run'), 'utf8')
  const steps = [...ci.matchAll(/^within \d+m (.*)$/gm)].map(([, step = '']) => step)
  expect(commandsOf(table)).toEqual(steps)
})

test('every script that CONTRIBUTING.md names exists, and every one is named', () => {
  const { scripts } = JSON.parse(readDocument('package.json')) as { scripts: object }
  const named = commandsOf(readDocument('CONTRIBUTING.md')).flatMap(
    (command) => /^npm (?:run )?(?!ci\b)([\w:]+)/.exec(command)?.[1] ?? [],
  )
  const own = Object.keys(scripts).filter((name) => !/^(pre|post)/.test(name))
  expect(new Set(named)).toEqual(new Set([...own, 'version', 'publish']))
})
