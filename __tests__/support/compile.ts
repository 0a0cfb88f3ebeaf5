import { existsSync } from 'node:fs'
import { join } from 'node:path'
import ts from '@typescript/typescript6'

const root = join(__dirname, '../..')

const STRICT: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts'],
  module: ts.ModuleKind.NodeNext,
  types: ['node'],
  strict: true,
  allowJs: true,
  checkJs: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  noEmit: true,
  paths: {
    'express-stream-files': [join(root, 'lib/index.ts')],
    'express-stream-files/s3': [join(root, 'lib/s3.ts')],
  },
}

/**
 * Type-checks modules against the sources of this package, as a strict application would.
 *
 * @param modules the text of each by its file name, such as `a.ts` or `b.mjs`
 * @param overrides compiler options that replace those of a strict application
 * @returns the first error of each module that has one, as `line: message`
 */
export function compile(
  modules: ReadonlyMap<string, string>,
  overrides: ts.CompilerOptions = {},
): Map<string, string> {
  const options = { ...STRICT, ...overrides }
  const paths = new Map([...modules.keys()].map((name) => [join(root, '.compiled', name), name]))
  const host = hostOf((path) => modules.get(paths.get(path) ?? ''), options)
  const program = ts.createProgram([...paths.keys()], options, host)
  const errors = new Map<string, string>()
  for (const [path, name] of paths) {
    const [first] = ts.getPreEmitDiagnostics(program, program.getSourceFile(path))
    if (first !== undefined) errors.set(name, describe(first))
  }
  return errors
}

function hostOf(
  textOf: (path: string) => string | undefined,
  options: ts.CompilerOptions,
): ts.CompilerHost {
  const host = ts.createCompilerHost(options)
  const { readFile } = host
  host.readFile = (path) => textOf(path) ?? readFile(path)
  host.fileExists = (path) => textOf(path) !== undefined || existsSync(path)
  host.getSourceFile = (path, language) => {
    const text = host.readFile(path)
    return text === undefined ? undefined : ts.createSourceFile(path, text, language)
  }
  return host
}

function describe({ file, start = 0, messageText }: ts.Diagnostic): string {
  const { line } = file?.getLineAndCharacterOfPosition(start) ?? { line: 0 }
  return `${line + 1}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`
}
