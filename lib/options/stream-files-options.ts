import type { DotfilePolicy } from '../path/dotfiles.js'
import { cacheRule } from './cache-rule.js'
import { DOTFILE_POLICIES, fileRules } from './file-rules.js'
import { checkOffload } from './offload-rule.js'
import { booleanRule, enumRule, type ResolvedOptions, resolveOptions } from './option-rules.js'
import type { StreamFilesOptions } from './option-types.js'
import { precompressedRule } from './precompressed-rule.js'
import { cacheControlRule, excludeRule, pageRule, typesRule } from './site-rules.js'

const rules = {
  ...fileRules,
  dotfiles: enumRule<DotfilePolicy>(DOTFILE_POLICIES, 'ignore'),
  cache: cacheRule(),
  cacheControl: cacheControlRule(),
  exclude: excludeRule(),
  fallback: pageRule(),
  fallthrough: booleanRule(true),
  nosniff: booleanRule(false),
  notFound: pageRule(),
  precompressed: precompressedRule,
  redirect: booleanRule(true),
  types: typesRule(),
}

/** The resolved options of `streamFiles`. */
export type StreamFilesSettings = ResolvedOptions<typeof rules>

/** @throws TypeError that names the invalid option */
export function resolveStreamFilesOptions(
  options: StreamFilesOptions | null | undefined,
): StreamFilesSettings {
  const settings = resolveOptions('streamFiles', rules, options)
  if (settings.transform !== undefined && settings.contentLength === true) {
    throw new TypeError('streamFiles: option "transform" does not go with "contentLength"')
  }
  if (settings.transform !== undefined && settings.precompressed.length > 0) {
    throw new TypeError('streamFiles: option "transform" does not go with "precompressed"')
  }
  if (settings.offload !== undefined) {
    checkOffload('streamFiles', rules, settings.offload, settings, options)
  }
  return settings
}
