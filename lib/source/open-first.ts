import { statusOf } from '../errors.js'
import type { Candidates } from '../path/candidates.js'
import type { OpenResult, Source } from './source.js'

/**
 * Opens the first of the candidates that is a file. A folder at the first of them is told; at a
 * later one it is passed over, as is whatever is not there. Any other failure ends the search.
 */
export async function openFirst(
  source: Source,
  { names, directoryLacksSlash: folderLacksSlash }: Candidates,
): Promise<OpenResult> {
  let found: OpenResult = { kind: 'missing' }
  for (const [place, name] of names.entries()) {
    found = await source.open(name)
    if (found.kind === 'file') return found
    if (found.kind === 'directory' && folderLacksSlash && place === 0) return found
    if (found.kind === 'missing' && !isMissing(found.error)) return found
  }
  return found.kind === 'directory' ? { kind: 'missing' } : found
}

function isMissing(error: unknown): boolean {
  return error === undefined || statusOf(error) === 404
}
