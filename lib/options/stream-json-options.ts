import { type ResolvedOptions, resolveOptions } from './option-rules.js'
import type { StreamJsonOptions } from './option-types.js'
import { contentRules, responseRules } from './response-rules.js'

const rules = { ...responseRules, ...contentRules }

/** Every option of `streamJsonLines` and `streamJsonArray`, checked. */
export type StreamJsonSettings = ResolvedOptions<typeof rules>

/** @throws TypeError that names the option that is not acceptable */
export function resolveStreamJsonOptions(
  caller: string,
  options: StreamJsonOptions | null | undefined,
): StreamJsonSettings {
  return resolveOptions(caller, rules, options)
}
