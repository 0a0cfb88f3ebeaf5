import { extname } from 'node:path'

/** The names to try for a request, in order, and what a folder among them means. */
export interface Candidates {
  readonly names: readonly string[]
  /** Whether a folder at the first name is what was asked for, without its slash. */
  readonly directoryLacksSlash: boolean
}

/**
 * What a name may stand for: a folder's index files where it ends with a slash, else itself, and
 * itself with an extension where it has none.
 */
export function candidates(
  name: string,
  trailingSlash: boolean,
  index: readonly string[],
  extensions: readonly string[],
): Candidates {
  if (trailingSlash) {
    const names = index.map((file) => (name === '' ? file : `${name}/${file}`))
    return { names, directoryLacksSlash: false }
  }
  if (name === '' || extname(name) !== '') return { names: [name], directoryLacksSlash: true }
  const extended = extensions.map((extension) => `${name}.${extension}`)
  return { names: [name, ...extended], directoryLacksSlash: true }
}
