import { existsSync } from 'node:fs'
import { join } from 'node:path'
import ts from '@typescript/typescript6'

const root = join(__dirname, '../..')

/**
 * Type-checks modules as a strict application would, against the sources of this package.
 *
 * @param modules the text of each by its file name, such as `a.ts` or `b.mjs`; they see each other
 * @returns the first error of each as `line: message`, without those that have none
 */
export function compile(modules: ReadonlyMap<string, string>): Map<string, string> {
  const files = new Map(
    [...modules].map(([name, text]) => [join(root, '__compiled__', name), text]),
  )
  const program = ts.createProgram([...files.keys()], OPTIONS, hostOf(files))
  const errors = new Map<string, string>()
  for (const [name] of modules) {
    const file = program.getSourceFile(join(root, '__compiled__', name))
    const [first] = ts.getPreEmitDiagnostics(program, file)
    if (first !== undefined) errors.set(name, describe(first))
  }
  return errors
}

const OPTIONS: ts.CompilerOptions = {
  target: ts.ScriptTarget.ES2022,
  lib: ['lib.es2023.d.ts'],
  module: ts.ModuleKind.NodeNext,
  types: ['node'],
  strict: true,
  allowJs: true,
  exactOptionalPropertyTypes: true,
  skipLibCheck: true,
  noEmit: true,
  paths: { 'express-stream-files': [join(root, 'lib/index.ts')] },
}

function hostOf(files: ReadonlyMap<string, string>): ts.CompilerHost {
  const host = ts.createCompilerHost(OPTIONS)
  const { readFile } = host
  host.readFile = (path) => files.get(path) ?? readFile(path)
  host.fileExists = (path) => files.has(path) || existsSync(path)
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
