// Builds dist/: each entry point as one CommonJS file, which `import` and `require` share, and the command as
// another, which requires the package. The declarations of the entry points share their types.
import { rmSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { build } from 'esbuild'
import { rollup } from 'rollup'
import { dts } from 'rollup-plugin-dts'

const input = { index: 'lib/index.ts', s3: 'lib/s3.ts' }

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
const requirePackage = {
  name: 'require the package',
  setup: ({ onResolve }) =>
    onResolve({ filter: /^\.\.\/index\.js$/ }, () => ({ path: './index.js', external: true })),
}

await build({ ...options, entryPoints: input })
await build({
  ...options,
  entryPoints: { command: 'lib/command/main.ts' },
  plugins: [requirePackage],
})

const declarations = await rollup({
  input,
  external: [...builtinModules, /^node:/, /^@aws-sdk\//],
  plugins: [dts({ tsconfig: 'tsconfig.build.json' })],
})
await declarations.write({
  dir: 'dist',
  entryFileNames: '[name].d.ts',
  chunkFileNames: '[name]-types.d.ts',
})
