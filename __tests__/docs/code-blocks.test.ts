import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { compile } from '../support/compile.js'
import { type CodeBlock, codeBlocksOf, documents } from '../support/documents.js'

const GLOBALS = 'example-globals.d.ts'
const globals = readFileSync(join(__dirname, '../support', GLOBALS), 'utf8')

const blocks = documents.flatMap(codeBlocksOf)

// JavaScript may be for a browser, and has no types to be strict about.
const FOR_JAVASCRIPT = {
  strictNullChecks: false,
  noImplicitAny: false,
  exactOptionalPropertyTypes: false,
  lib: ['es2023', 'dom', 'dom.iterable', 'dom.asynciterable'].map((name) => `lib.${name}.d.ts`),
}

const errors = new Map([...compile(modulesOf('ts')), ...compile(modulesOf('js'), FOR_JAVASCRIPT)])

/** Every block is a module of its own. */
function modulesOf(wanted: string): Map<string, string> {
  const modules = new Map([[GLOBALS, globals]])
  for (const block of blocks) {
    if (block.language === wanted) modules.set(moduleOf(block), `${block.code}\nexport {}\n`)
  }
  return modules
}

function moduleOf({ document, line, language }: CodeBlock): string {
  return `${document}/${line}.m${language}`
}

test('the names that the examples take for granted are declared', () => {
  expect(errors.get(GLOBALS)).toBeUndefined()
})

test.each(blocks.map((block) => [block.document, block.line, moduleOf(block)] as const))(
  'the code in %s, line %i compiles',
  (_document, _line, module) => {
    expect(errors.get(module)).toBeUndefined()
  },
)
