import { httpError } from '../errors.js'
import { confinedName } from '../path/confined-name.js'
import { type DotfilePolicy, dotfileRefusal } from '../path/dotfiles.js'
import { statusOfRefusal } from '../path/refusal.js'
import { fileSourceOf } from './built-in-source.js'
import type { FileReference } from './custom/source-contract.js'
import type { OpenRequest, OpenResult } from './source.js'

/**
 * Opens a file of a source. Its name is confined to the source, because it may come from a user.
 *
 * @param requestOf is called if the source is one of the application
 */
export async function openReference(
  { source, name }: FileReference,
  dotfiles: DotfilePolicy,
  requestOf: () => OpenRequest,
): Promise<OpenResult> {
  const verdict = confinedName(name, process.platform)
  const refusal = verdict.ok ? dotfileRefusal(verdict.name, dotfiles) : verdict.reason
  if (refusal !== undefined) {
    return { kind: 'missing', error: httpError(statusOfRefusal[refusal]) }
  }
  if (!verdict.ok || verdict.trailingSlash || verdict.name === '') return { kind: 'missing' }
  const files = fileSourceOf(source, false)
  return files.open(verdict.name, files.isCustom ? requestOf() : undefined)
}
