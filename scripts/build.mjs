// Builds dist/: the package as one CommonJS file, which `import` and `require` share, its declarations
// as another, and the command as a third, which requires the first.
import { rmSync } from 'node:fs'
import { build } from 'esbuild'
import { rollup } from 'rollup'
import { dts } from 'rollup-plugin-dts'

const input = 'lib/index.ts'

rmSync('dist', { recursive: true, force: true })

/** @type {import('esbuild').BuildOptions} */
const options = {
  outdir: 'dist',
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node20',
}

/** @type {import('esbuild').Plugin} */
const requireLibrary = {
  name: 'require the library',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^\.\.\/index\.js$/ }, () => ({ path: './index.js', external: true })),
}

await build({ ...options, entryPoints: [input] })
await build({
  ...options,
  entryPoints: { command: 'lib/command/main.ts' },
  plugins: [requireLibrary],
})

const declarations = await rollup({
  input,
  external: /^node:/,
  plugins: [dts({ tsconfig: 'tsconfig.build.json' })],
})
await declarations.write({ file: 'dist/index.d.ts' })
