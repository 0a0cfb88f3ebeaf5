// Builds dist/: the package as one CommonJS file, which `import` and `require` share, its declarations
// as another, and the command as a third, which has its own copy of what it uses of the package.
import { rmSync } from 'node:fs'
import { build } from 'esbuild'
import { rollup } from 'rollup'
import { dts } from 'rollup-plugin-dts'

const input = 'lib/index.ts'

rmSync('dist', { recursive: true, force: true })

await build({
  entryPoints: { index: input, command: 'lib/command/main.ts' },
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
