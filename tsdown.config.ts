import { defineConfig } from 'tsdown'

export default defineConfig({
  entry: ['lib/index.ts'],
  format: 'cjs',
  target: 'node20',
  dts: true,
  fixedExtension: false,
  tsconfig: 'tsconfig.build.json',
})
