// Builds dist/: the package as one CommonJS file, which `import` and `require` share, and its
// declarations as another.
import { rmSync } from 'node:fs'
import { build } from 'esbuild'
import { rollup } from 'rollup'
import { dts } from 'rollup-plugin-dts'

const input = 'lib/index.ts'

rmSync('dist', { recursive: true, force: true })

await build({
  entryPoints: [input],
  outdir: 'dist',
  bundle: true,
  packages: 'external',
  platform: 'node',
  target: 'node20',
})

const declarations = await rollup({
  input,
  external: /^node:/,
  plugins: [dts({ tsconfig: 'tsconfig.build.json' })],
})
await declarations.write({ file: 'dist/index.d.ts' })
