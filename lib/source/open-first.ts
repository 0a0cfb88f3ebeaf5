import { isMissing } from '../errors.js'
import type { ContentCoding } from '../http/content-coding.js'
import type { Candidates } from '../path/candidates.js'
import type { FileSource, OpenRequest, OpenResult } from './source.js'

/**
 * Opens the first candidate that is a file. A directory at the first candidate is a result; a directory
 * at a later one is skipped, like a missing file. Any other failure ends the search.
 */
export async function openFirst(
  source: FileSource,
  { names, directoryLacksSlash }: Candidates,
  request?: OpenRequest,
  codings?: readonly ContentCoding[],
): Promise<OpenResult> {
  let result: OpenResult = { kind: 'missing' }
  for (const name of names) {
    result = await source.open(name, request, codings)
    if (result.kind === 'file') return result
    if (result.kind === 'directory' && directoryLacksSlash && name === names[0]) return result
    if (result.kind === 'missing' && !isMissing(result.error)) return result
  }
  return result.kind === 'directory' ? { kind: 'missing' } : result
}

/**
 * Whether a name is a directory in a source without directories: it is one if it has an index file.
 *
 * @param index the index files that the directory would have
 */
export async function openDirectory(
  source: FileSource,
  index: Candidates,
  request: OpenRequest,
): Promise<OpenResult> {
  const found = await openFirst(source, index, { ...request, method: 'HEAD', range: undefined })
  if (found.kind !== 'file') return found
  found.file.close()
  return { kind: 'directory' }
}
