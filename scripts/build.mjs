// Builds dist/: each entry point as one CommonJS file, which `import` and `require` share, and the command as
// another. Each has its own copy of what it uses of the package; the declarations share their types.
import { rmSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { build } from 'esbuild'
import { rollup } from 'rollup'
import { dts } from 'rollup-plugin-dts'

const input = { index: 'lib/index.ts', s3: 'lib/s3.ts' }

rmSync('dist', { recursive: true, force: true })

await build({
  entryPoints: { ...input, command: 'lib/command/main.ts' },
  outdir: 'dist',
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node20',
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
