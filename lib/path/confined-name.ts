import { posix, win32 } from 'node:path'
import { type NameVerdict, refuse } from './refusal.js'
import { isServableOnWindows } from './windows-name.js'

/**
 * Converts a file-system path that is relative to a `root` to a name below it. Nothing is decoded. Unlike
 * the path of a request it may contain `.` and `..` segments, because it comes from the application. It is
 * refused if it resolves to a path above the root.
 */
export function confinedName(path: string, platform: NodeJS.Platform): NameVerdict {
  if (path.includes('\0')) return refuse('malformed')
  const { normalize } = platform === 'win32' ? win32 : posix
  const normalized = toSlashes(normalize(`./${path}`), platform)
  if (normalized === '..' || normalized.startsWith('../')) return refuse('above-root')
  const trailingSlash = normalized.endsWith('/')
  const name = normalized === '.' || normalized === './' ? '' : normalized.replace(/\/$/, '')
  if (platform === 'win32' && name !== '' && !isServableOnWindows(name)) return refuse('unservable')
  return { ok: true, name, trailingSlash }
}

// On Windows a backslash separates segments too. A name of a file has none of these segments anywhere.
const PARENT_SEGMENT = /(?:^|[/\\])\.\.(?:[/\\]|$)/

/** Whether a name has a `..` segment, with which it may leave the directory that it is appended to. */
export function hasParentSegment(name: string): boolean {
  return PARENT_SEGMENT.test(name)
}

/** Whether a name can be one of a file below a directory. The file system accepts no NUL, and reports it with the path. */
export function staysBelowRoot(name: string): boolean {
  return !name.includes('\0') && !hasParentSegment(name)
}

function toSlashes(path: string, platform: NodeJS.Platform): string {
  return platform === 'win32' ? path.replaceAll('\\', '/') : path
}
