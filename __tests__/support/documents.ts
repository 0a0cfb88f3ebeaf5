import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(__dirname, '../..')

/** The pages for users and contributors, relative to the root of the repository. */
export const documents: readonly string[] = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...readdirSync(join(root, 'docs'))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
]

export function readDocument(document: string): string {
  return readFileSync(join(root, document), 'utf8')
}

export interface CodeBlock {
  readonly document: string
  /** The number of its first line. */
  readonly line: number
  readonly language: 'js' | 'ts'
  readonly code: string
}

// `<!-- illustration -->` before a block says that it is not meant to be used as it is.
const BLOCK = /^( *)(<!-- illustration -->\n *)?```(js|ts)\n(.*?)^\1```$/gms

/** The JavaScript and TypeScript of a page, without what only illustrates. */
export function codeBlocksOf(document: string): CodeBlock[] {
  const text = readDocument(document)
  return [...text.matchAll(BLOCK)]
    .filter(([, , illustration]) => illustration === undefined)
    .map(({ index, 0: block, 3: language, 4: code = '' }) => ({
      document,
      line: text.slice(0, index + block.indexOf('\n') + 1).split('\n').length,
      language: language === 'ts' ? 'ts' : 'js',
      code,
    }))
}
