import { existsSync } from 'node:fs'
import { join } from 'node:path'

const main = join(__dirname, '..', '..', 'dist', 'index.js')

/** The main file of the package as it is built; `npm test` builds it. */
export function builtPackage(): string {
  if (!existsSync(main)) throw new Error('There is no dist/: npm run build')
  return main
}
