import {
  integerRule,
  LONGEST_TIMER,
  type OptionRule,
  type ResolvedOptions,
  resolveOptions,
} from './option-rules.js'
import type { StreamEventsOptions } from './option-types.js'
import { responseRules } from './response-rules.js'

const DEFAULT_HEARTBEAT_MS = 15_000

const rules = {
  ...responseRules,
  heartbeat: heartbeatRule(),
  retry: integerRule(0, Number.MAX_SAFE_INTEGER, undefined),
}

/** Every option of `streamEvents`, checked. */
export type StreamEventsSettings = ResolvedOptions<typeof rules>

/** @throws TypeError that names the option that is not acceptable */
export function resolveStreamEventsOptions(
  options: StreamEventsOptions | null | undefined,
): StreamEventsSettings {
  return resolveOptions('streamEvents', rules, options)
}

/** In milliseconds. */
function heartbeatRule(): OptionRule<number | false> {
  const { expected, parse } = integerRule(1, LONGEST_TIMER, undefined)
  return {
    expected: `${expected}, or false`,
    defaultValue: DEFAULT_HEARTBEAT_MS,
    parse: (value, caller) => (value === false ? false : parse(value, caller)),
  }
}
