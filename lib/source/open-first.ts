import { statusOf } from '../errors.js'
import type { Candidates } from '../path/candidates.js'
import type { OpenResult, Source } from './source.js'

/**
 * Opens the first candidate that is a file. A directory at the first candidate is a result; a directory
 * at a later one is skipped, like a missing file. Any other failure ends the search.
 */
export async function openFirst(
  source: Source,
  { names, directoryLacksSlash }: Candidates,
): Promise<OpenResult> {
  let result: OpenResult = { kind: 'missing' }
  for (const [place, name] of names.entries()) {
    result = await source.open(name)
    if (result.kind === 'file') return result
    if (result.kind === 'directory' && directoryLacksSlash && place === 0) return result
    if (result.kind === 'missing' && !isMissing(result.error)) return result
  }
  return result.kind === 'directory' ? { kind: 'missing' } : result
}

function isMissing(error: unknown): boolean {
  return error === undefined || statusOf(error) === 404
}
