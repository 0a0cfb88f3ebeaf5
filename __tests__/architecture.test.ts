import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { transformSync } from '@swc/core'

const ROOT = join(__dirname, '..')

interface Layer {
  /** Other layers of lib/ that it may import from, types included. */
  readonly imports: readonly string[]
  /** What does not belong there, and where it belongs. */
  readonly rule: string
  /** The modules of Node.js that it may import; any if left out. */
  readonly node?: readonly string[]
}

// Functions and types without I/O: of paths, and of header names and values.
const PURE = ['node:path', 'node:http']

// What every layer may import, apart from its own modules.
const SHARED = ['abort-signal.js', 'errors.js', 'iterators.js', 'promise-like.js']

// The layers of docs/architecture.md.
const LAYERS: Readonly<Record<string, Layer>> = {
  path: {
    imports: [],
    node: PURE,
    rule: 'lib/path holds pure rules about names. What touches files belongs in lib/source',
  },
  http: {
    imports: [],
    node: PURE,
    rule: 'lib/http holds pure rules of HTTP. A type that it shares with another layer belongs in lib/http, I/O in lib/source or lib/response',
  },
  source: {
    imports: ['http', 'path'],
    rule: 'lib/source opens and reads files. What writes to a response belongs in lib/response',
  },
  body: {
    imports: ['http', 'source'],
    rule: 'lib/body makes readers of what is not a file. What writes to a response belongs in lib/response, what opens files in lib/source',
  },
  response: {
    imports: ['body', 'http', 'source'],
    rule: 'lib/response sends one response from resolved settings. What reads options belongs in lib/options, what judges names in lib/path',
  },
  options: {
    imports: ['body', 'http', 'path', 'response', 'source'],
    rule: 'lib/options checks options. What they change belongs in the layer that does it',
  },
  command: {
    // The entry points, and package.json above lib/.
    imports: ['', '..', 'path', 'source'],
    rule: 'lib/command uses the public functions. What touches files belongs in lib/source',
  },
}

/** The files of TypeScript below a directory of the repository, relative to it. */
function filesBelow(directory: string): string[] {
  return readdirSync(join(ROOT, directory), { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.ts'))
}

const modules = filesBelow('lib')

function importsOf(module: string): string[] {
  const code = readFileSync(join(ROOT, 'lib', module), 'utf8')
  return [...code.matchAll(/(?:from|import|require)\s*\(?\s*'([^']+)'/g)].map(
    ([, specifier = '']) => specifier,
  )
}

function layerOf(module: string): string {
  return module.includes('/') ? module.slice(0, module.indexOf('/')) : ''
}

const inLayers = modules.filter((module) => layerOf(module) !== '')

test.each(inLayers)('lib/%s imports only from the layers below its own', (module) => {
  const own = layerOf(module)
  const layer = LAYERS[own]
  if (layer === undefined) throw new Error(`lib/${own} has no row in the LAYERS of this test`)
  const forbidden = importsOf(module)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => posix.join(posix.dirname(module), specifier))
    .filter((path) => !SHARED.includes(path))
    .filter((path) => ![own, ...layer.imports].includes(layerOf(path)))
  if (forbidden.length > 0) {
    throw new Error(`lib/${module} imports lib/${forbidden.join(', lib/')}. ${layer.rule}.`)
  }
})

test.each(inLayers)('lib/%s imports only the parts of Node.js that its layer may use', (module) => {
  const layer = LAYERS[layerOf(module)]
  const builtIn = importsOf(module).filter((specifier) => specifier.startsWith('node:'))
  const forbidden =
    layer?.node === undefined ? [] : builtIn.filter((name) => !layer.node?.includes(name))
  if (forbidden.length > 0) {
    throw new Error(`lib/${module} imports ${forbidden.join(', ')}. ${layer?.rule}.`)
  }
})

test('no module outside lib/command imports it, so that the package does not load it', () => {
  const others = modules.filter((module) => layerOf(module) !== 'command')
  expect(
    others.filter((module) => importsOf(module).some((name) => /\bcommand\//.test(name))),
  ).toEqual([])
})

test('only lib/source imports the file system', () => {
  const others = modules.filter(
    (module) =>
      layerOf(module) !== 'source' && importsOf(module).some((name) => /^(node:)?fs\b/.test(name)),
  )
  expect(others).toEqual([])
})

test('every module has its row in docs/architecture.md, and every row its module', () => {
  const text = readFileSync(join(ROOT, 'docs', 'architecture.md'), 'utf8')
  const rows = [...text.matchAll(/^\| `lib\/([^`]+\.ts)` \|/gm)].map(([, path = '']) => path)
  expect([...rows].sort()).toEqual([...modules].sort())
})

// It only exports what other modules hold.
const WITHOUT_TEST = ['index.ts']

/** Whether anything is left of a module without its types. */
function hasCode(module: string): boolean {
  const { code } = transformSync(readFileSync(join(ROOT, 'lib', module), 'utf8'), {
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    minify: true,
  })
  return code !== 'export{};'
}

test('every module that is more than types has a test file of its own name', () => {
  const tests = new Set(filesBelow('__tests__'))
  const untested = modules
    .filter((module) => !WITHOUT_TEST.includes(module) && hasCode(module))
    .filter((module) => !tests.has(module.replace(/\.ts$/, '.test.ts')))
  expect(untested).toEqual([])
})
