import { extname } from 'node:path'

/** The names to try for a request, in order. */
export interface Candidates {
  readonly names: readonly string[]
  /** Whether the request is redirected to a trailing slash if the first name is a directory. */
  readonly directoryLacksSlash: boolean
}

/**
 * Lists the names to try: the index files of the directory if the path ends with a slash. Otherwise the name
 * itself, followed by the name with each extension if it has none.
 *
 * @param redirect whether a directory is found without its slash, so that the request can be redirected
 */
export function candidates(
  name: string,
  trailingSlash: boolean,
  index: readonly string[],
  extensions: readonly string[],
  redirect = true,
): Candidates {
  if (trailingSlash) {
    const names = index.map((file) => (name === '' ? file : `${name}/${file}`))
    return { names, directoryLacksSlash: false }
  }
  if (name === '' || extname(name) !== '') return { names: [name], directoryLacksSlash: redirect }
  const extended = extensions.map((extension) => `${name}.${extension}`)
  return { names: [name, ...extended], directoryLacksSlash: redirect }
}
