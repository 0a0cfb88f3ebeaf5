import { posix, win32 } from 'node:path'
import { type NameVerdict, refuse } from './refusal.js'
import { isServableOnWindows } from './windows-name.js'

/**
 * Reads a file-system path, given together with a `root`, as a name below it. Nothing is decoded.
 * Unlike a request path it may hold `.` and inner `..` segments, since the application and not the
 * client spells it; what is judged is where it leads.
 */
export function confinedName(path: string, platform: NodeJS.Platform): NameVerdict {
  if (path.includes('\0')) return refuse('malformed')
  const { normalize } = platform === 'win32' ? win32 : posix
  const normal = toSlashes(normalize(`./${path}`), platform)
  if (normal === '..' || normal.startsWith('../')) return refuse('above-root')
  const trailingSlash = normal.endsWith('/') || normal === '.'
  const name = normal === '.' || normal === './' ? '' : normal.replace(/\/$/, '')
  if (platform === 'win32' && name !== '' && !isServableOnWindows(name)) return refuse('unservable')
  return { ok: true, name, trailingSlash }
}

function toSlashes(path: string, platform: NodeJS.Platform): string {
  return platform === 'win32' ? path.replaceAll('\\', '/') : path
}
