import { extname } from 'node:path'

/** The names to try for a request, in order. */
export interface Candidates {
  readonly names: readonly string[]
  /** Whether the request lacks the trailing slash that it needs if the first name is a directory. */
  readonly directoryLacksSlash: boolean
}

/**
 * Lists the names to try: the index files of the directory if the path ends with a slash. Otherwise the name
 * itself, followed by the name with each extension if it has none.
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
