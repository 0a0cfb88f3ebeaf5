// Writes docs/options.md from the TSDoc of lib/options/option-types.ts. With --print it only prints the page.
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from '@typescript/typescript6'

const repo = dirname(dirname(fileURLToPath(import.meta.url)))
const source = join(repo, 'lib/options/option-types.ts')

/** The type of each public function's options. */
const OPTION_TYPES = {
  streamFiles: 'StreamFilesOptions',
  streamResponse: 'RouteOptions',
  streamEvents: 'StreamEventsOptions',
  'streamJsonLines, streamJsonArray': 'StreamJsonOptions',
  readChunks: 'ReadChunksOptions',
  diskSource: 'DiskSourceOptions',
}

const program = ts.createProgram([source], {
  module: ts.ModuleKind.NodeNext,
  target: ts.ScriptTarget.ES2022,
  strict: true,
  types: ['node'],
})
const checker = program.getTypeChecker()

const page = render(readOptions())
if (process.argv.includes('--print')) process.stdout.write(page)
else writeFileSync(join(repo, 'docs/options.md'), page)

/** Every option, in the order of the source, with the functions that have it. */
function readOptions() {
  const options = new Map()
  for (const symbol of exportsOf(source)) {
    const owner = Object.entries(OPTION_TYPES).find(([, type]) => type === symbol.name)?.[0]
    if (owner === undefined && symbol.name !== 'CacheOptions') continue
    for (const property of checker.getDeclaredTypeOfSymbol(symbol).getProperties()) {
      const [declaration] = property.declarations ?? []
      const option = options.get(declaration) ?? { ...describe(property, declaration), owners: [] }
      if (owner !== undefined) option.owners.push(owner)
      options.set(declaration, option)
    }
  }
  return [...options.values()].sort((one, other) => one.position - other.position)
}

function exportsOf(path) {
  const file = program.getSourceFile(path)
  const module = file && checker.getSymbolAtLocation(file)
  return module === undefined ? [] : checker.getExportsOfModule(module)
}

function describe(property, declaration) {
  const tags = new Map(
    property.getJsDocTags(checker).map(({ name, text }) => [name, textOf(text).trim()]),
  )
  return {
    name: property.name,
    position: declaration.pos,
    section: sectionOf(declaration),
    text: textOf(property.getDocumentationComment(checker)),
    type: typeOf(declaration),
    fallback: tags.get('defaultValue') ?? fail(`${property.name} has no @defaultValue`),
    example: tags.get('example') ?? fail(`${property.name} has no @example`),
  }
}

function fail(problem) {
  throw new Error(`lib/options/option-types.ts: ${problem}`)
}

/** The type as it is written, with the function and union types of the package itself written out. */
function typeOf({ type }) {
  if (!ts.isUnionTypeNode(type)) return writtenOut(type)
  return type.types.map((node) => writtenOut(node).replace(/^.* => .*$/, '($&)')).join(' | ')
}

function writtenOut(node) {
  const type = checker.getTypeFromTypeNode(node)
  if (!ts.isTypeReferenceNode(node) || !isOwn(node)) return node.getText()
  const [signature] = type.getCallSignatures()
  if (signature !== undefined) return arrowFunction(signature)
  const flags = ts.TypeFormatFlags.InTypeAlias | ts.TypeFormatFlags.NoTruncation
  const text = type.isUnion() ? checker.typeToString(type, undefined, flags) : node.getText()
  return text.replaceAll('"', "'")
}

function isOwn({ typeName }) {
  const symbol = checker.getSymbolAtLocation(typeName)
  const isImport = symbol !== undefined && (symbol.flags & ts.SymbolFlags.Alias) !== 0
  const { declarations = [] } = (isImport ? checker.getAliasedSymbol(symbol) : symbol) ?? {}
  return declarations.some((one) => one.getSourceFile().fileName.startsWith(join(repo, 'lib')))
}

function arrowFunction(signature) {
  const parameters = signature.parameters.map(
    (one) => `${one.name}: ${checker.typeToString(checker.getTypeOfSymbol(one))}`,
  )
  const text = `(${parameters.join(', ')}) => ${checker.typeToString(signature.getReturnType())}`
  // What these types have as their default.
  return text.replace(/<(?:ArrayBufferLike|IncomingMessage)>|, void, undefined(?=>)/g, '')
}

/** The first sentence about the interface or alias that declares an option. */
function sectionOf(declaration) {
  const isOwner = (node) => ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)
  const { name } = /** @type {ts.InterfaceDeclaration} */ (ts.findAncestor(declaration, isOwner))
  const comment = checker.getSymbolAtLocation(name)?.getDocumentationComment(checker)
  return textOf(comment).replace(/[.:].*/s, '')
}

/** The text of a comment, in which a link is a code span. */
function textOf(parts) {
  return parts.map(({ kind, text }) => (kind.startsWith('link') ? linkText(text) : text)).join('')
}

function linkText(text) {
  return /^\{@link|^\}$/.test(text) ? '' : `\`${text.trim()}\``
}

function render(options) {
  const anchors = anchorsOf(options)
  const sections = groupBy(options, ({ section }) => section)
  return `# Options

Every option with its meaning, its default and an example. \`npm run docs\` writes this page from
\`lib/options/option-types.ts\`.

Any option may be left out, \`undefined\` or \`null\`. An unknown name, a value of the wrong type or out of range, and an
option that does not go with another one or with the body, are a \`TypeError\` at once that names the option. The examples
take \`app\`, \`req\` and \`res\` from Express.

${overview(options, anchors)}
${[...sections].map(renderSection).join('\n')}`
}

function overview(options, anchors) {
  const owners = Object.keys(OPTION_TYPES)
  const byName = groupBy(
    options.filter((option) => option.owners.length > 0),
    ({ name }) => name,
  )
  const rows = [...byName].sort().map(([name, same]) => {
    const cells = owners.map((owner) => {
      const option = same.find((one) => one.owners.includes(owner))
      return option === undefined ? '' : `[yes](#${anchors.get(option)})`
    })
    return `| \`${name}\` | ${cells.join(' | ')} |`
  })
  const head = owners.map(codeSpans).join(' | ')
  return `| option | ${head} |\n|---|${owners.map(() => '---|').join('')}\n${rows.join('\n')}\n`
}

/** The anchors that GitHub gives to headings: a heading that was there before gets a number. */
function anchorsOf(options) {
  const seen = new Map()
  return new Map(
    options.map((option) => {
      const slug = option.name.toLowerCase()
      const count = seen.get(slug) ?? 0
      seen.set(slug, count + 1)
      return [option, count === 0 ? slug : `${slug}-${count}`]
    }),
  )
}

function renderSection([title, options]) {
  return `## ${title}\n\n${options.map(renderOption).join('\n')}`
}

function renderOption({ name, owners, text, type, fallback, example }) {
  const inOrder = Object.keys(OPTION_TYPES).filter((owner) => owners.includes(owner))
  const scope = owners.length < 2 ? '' : `- For: ${codeSpans(inOrder.join(', '))}\n`
  return `### \`${name}\`

${text}

${scope}- Type: \`${type}\`
- Default: ${fallback}

${example}
`
}

function groupBy(items, keyOf) {
  const groups = new Map()
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return groups
}

function codeSpans(names) {
  return names.replace(/\w+/g, '`$&`')
}
