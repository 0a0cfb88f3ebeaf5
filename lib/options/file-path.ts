import { fileURLToPath } from 'node:url'

/** A path given as a path or a `file:` URL, or `undefined` where it is neither. */
export function filePath(value: unknown): string | undefined {
  const path = value instanceof URL ? pathOfUrl(value) : value
  return typeof path === 'string' && path !== '' ? path : undefined
}

/** The same for a folder that is named by the application's own code: no NUL is meant there. */
export function directoryPath(value: unknown): string | undefined {
  const path = filePath(value)
  return path?.includes('\0') ? undefined : path
}

function pathOfUrl(url: URL): string | undefined {
  try {
    return fileURLToPath(url)
  } catch {
    return undefined
  }
}
