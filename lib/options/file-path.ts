import { fileURLToPath } from 'node:url'

/** The path of a string or a `file:` URL; `undefined` for any other value. */
export function filePath(value: unknown): string | undefined {
  const path = value instanceof URL ? pathOfUrl(value) : value
  return typeof path === 'string' && path !== '' ? path : undefined
}

/** The same for a directory that the application configures, whose path cannot contain NUL. */
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
