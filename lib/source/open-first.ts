import { statusOf } from '../errors.js'
import type { Candidates } from '../path/candidates.js'
import type { OpenResult, Source } from './source.js'

/**
 * Opens the first candidate that is a file. A missing candidate is skipped. A directory is skipped
 * too, unless it is the first candidate and the request lacks its trailing slash. Any other failure
 * ends the search.
 */
export async function openFirst(
  source: Source,
  { names, directoryLacksSlash }: Candidates,
): Promise<OpenResult> {
  let result: OpenResult = { kind: 'missing' }
  for (const [index, name] of names.entries()) {
    result = await source.open(name)
    if (result.kind === 'file') return result
    if (result.kind === 'directory' && directoryLacksSlash && index === 0) return result
    if (result.kind === 'missing' && !isNotFound(result.error)) return result
  }
  return result.kind === 'directory' ? { kind: 'missing' } : result
}

function isNotFound(error: unknown): boolean {
  return error === undefined || statusOf(error) === 404
}
