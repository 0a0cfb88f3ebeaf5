import { join } from 'node:path'
import ts from '@typescript/typescript6'

const entryPoints = ['index.ts', 's3.ts'].map((name) => join(__dirname, '../../lib', name))
const program = ts.createProgram(entryPoints, {
  module: ts.ModuleKind.NodeNext,
  target: ts.ScriptTarget.ES2022,
  types: ['node'],
})
const checker = program.getTypeChecker()

function exportsOf(path: string): ts.Symbol[] {
  const file = program.getSourceFile(path)
  const module = file && checker.getSymbolAtLocation(file)
  if (module === undefined) throw new Error(`${path} is no module`)
  return checker.getExportsOfModule(module).map((symbol) => {
    const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0
    return isAlias ? checker.getAliasedSymbol(symbol) : symbol
  })
}

const symbols = entryPoints.flatMap(exportsOf)

test.each(symbols.map((symbol) => [symbol.name, symbol] as const))(
  'the public name %s has a comment',
  (_name, symbol) => {
    expect(symbol.getDocumentationComment(checker)).not.toEqual([])
  },
)

const functions = symbols.flatMap((symbol) => {
  const declaration = symbol.declarations?.find(ts.isFunctionDeclaration)
  return declaration === undefined ? [] : [[symbol.name, symbol, declaration] as const]
})

test.each(functions)(
  'the comment of %s tells its parameters, what it returns and throws, and has an example',
  (_name, symbol, { parameters }) => {
    const tags = symbol.getJsDocTags(checker)
    const named = tags.filter(({ name }) => name === 'param').map(({ text }) => text?.[0]?.text)
    expect(named).toEqual(parameters.map(({ name }) => name.getText()))
    expect(tags.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['returns', 'throws', 'example']),
    )
  },
)
