import type { DotfilePolicy } from '../path/dotfiles.js'
import { cacheRule } from './cache-rule.js'
import { DOTFILE_POLICIES, fileRules } from './file-rules.js'
import type { StreamFilesOptions } from './options.js'
import { flag, oneOf, type Resolved, resolveOptions } from './rules.js'

const rules = {
  ...fileRules,
  dotfiles: oneOf<DotfilePolicy>(DOTFILE_POLICIES, 'ignore'),
  cache: cacheRule(),
  fallthrough: flag(true),
  redirect: flag(true),
}

/** Every option of `streamFiles`, checked. */
export type StreamFilesSettings = Resolved<typeof rules>

/** @throws TypeError that names the option that is not acceptable */
export function resolveStreamFilesOptions(
  options: StreamFilesOptions | null | undefined,
): StreamFilesSettings {
  const settings = resolveOptions('streamFiles', rules, options)
  if (settings.transform !== undefined && settings.contentLength === true) {
    throw new TypeError('streamFiles: option "transform" does not go with "contentLength"')
  }
  return settings
}
