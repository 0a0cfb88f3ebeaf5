// Builds dist/: a few CommonJS files that are quick to load, readable and without comments, and the
// declarations of every module, with them.
//
// What `lazily` loads stays a file of its own at the place the source names, below dist/.
import { execFileSync } from 'node:child_process'
import { copyFileSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { rollup } from '@rollup/wasm-node'

const repo = dirname(dirname(fileURLToPath(import.meta.url)))
const modules = join(repo, '.cache', 'modules')
const dist = join(repo, 'dist')

const ENTRY = join(modules, 'entry.js')
const LOADED_LAZILY = ['read-chunks', 'stream-response', 'source/transformed-body', 'wire/delivery']

for (const folder of [modules, dist]) rmSync(folder, { recursive: true, force: true })
tsc('--emitDeclarationOnly')
tsc(
  ...['--outDir', modules, '--declaration', 'false', '--removeComments'],
  ...['--module', 'esnext', '--moduleResolution', 'bundler'],
)
await bundle()
copyFileSync(join(modules, 'index.mjs'), join(dist, 'index.mjs'))

function tsc(...options) {
  const path = join(repo, 'node_modules', 'typescript', 'bin', 'tsc')
  execFileSync(process.execPath, [path, '-p', 'tsconfig.build.json', ...options], {
    cwd: repo,
    stdio: 'inherit',
  })
}

async function bundle() {
  const lazy = LOADED_LAZILY.map((name) => [name, join(modules, `${name}.js`)])
  const bundled = await rollup({
    input: { index: ENTRY, ...Object.fromEntries(lazy) },
    // Nothing in lib/ has a text of several lines, so what begins a line is indentation.
    plugins: [{ name: 'tabs', renderChunk: (code) => code.replaceAll(/^(?: {4})+/gm, toTabs) }],
    external: (id) => !/^[./]/.test(id) && !id.startsWith(modules),
    onLog: (level, { message }) => {
      if (level === 'warn') throw new Error(message)
    },
  })
  await bundled.write({
    dir: dist,
    format: 'cjs',
    interop: 'auto',
    esModule: true,
    generatedCode: 'es2015',
    manualChunks: (path, { getModuleInfo }) => (isCore(path, getModuleInfo) ? 'core' : undefined),
    chunkFileNames: '[name].js',
  })
}

function toTabs(indentation) {
  return '\t'.repeat(indentation.length / 4)
}

/** Whether the main entry cannot do without a module. */
function isCore(path, getModuleInfo, seen = new Set()) {
  if (path === ENTRY) return true
  seen.add(path)
  const { importers } = getModuleInfo(path)
  return importers.some((one) => !seen.has(one) && isCore(one, getModuleInfo, seen))
}
