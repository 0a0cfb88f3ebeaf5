import { resolve } from 'node:path'
import { accelRedirect, type OffloadHeader, xSendfile } from '../http/offload.js'
import { describeValue, type OptionRule, type OptionRules, optionEntries } from './option-rules.js'

/** The server in front that sends the files, by the response header that it reads. */
export type OffloadOptions =
  | {
      readonly header: 'X-Accel-Redirect'
      /** The path of the `internal` location for the files, not percent-encoded, with its slashes. */
      readonly prefix: string
    }
  | { readonly header: 'X-Sendfile' }

/** The `offload` option. */
export const offloadRule: OptionRule<OffloadOptions | undefined> = {
  expected: '{ header: "X-Accel-Redirect", prefix: "/…/" } or { header: "X-Sendfile" }',
  defaultValue: undefined,
  parse: (value, caller) => {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
    const { header, prefix, ...others } = Object.fromEntries(optionEntries(value))
    if (Object.keys(others).length > 0) return undefined
    if (header === 'X-Sendfile') return prefix === undefined ? { header } : undefined
    if (header !== 'X-Accel-Redirect') return undefined
    if (isPrefix(prefix)) return { header, prefix }
    const expected = 'a path such as "/_files/" that begins and ends with a slash'
    throw new TypeError(
      `${caller}: option "offload" needs a "prefix", ${expected}, not ${describeValue(prefix)}`,
    )
  },
}

const DOT_SEGMENT = /(?:^|\/)\.{1,2}(?=\/)/

function isPrefix(value: unknown): value is string {
  if (typeof value !== 'string' || !value.startsWith('/') || !value.endsWith('/')) return false
  return !value.includes('//') && !DOT_SEGMENT.test(value) && isEncodable(value)
}

function isEncodable(text: string): boolean {
  try {
    return encodeURIComponent(text) !== ''
  } catch {
    return false
  }
}

// They select or change bytes that the server in front sends, or limit their rate.
const DECIDED_IN_FRONT = [
  'acceptRanges',
  'chunkSize',
  'contentLength',
  'digest',
  'end',
  'follow',
  'followIdle',
  'maxRate',
  'onProgress',
  'precompressed',
  'stallTimeout',
  'start',
  'transform',
]
// Apache and lighttpd keep the validators that they are sent.
const DECIDED_BY_NGINX = ['etag', 'lastModified']

/** @throws TypeError that names an option that has no effect where another server sends the files */
export function checkOffload(
  caller: string,
  rules: OptionRules,
  offload: OffloadOptions,
  settings: Readonly<Record<string, unknown>>,
  options: { readonly sendfile?: unknown } | null | undefined,
): void {
  const isNginx = offload.header === 'X-Accel-Redirect'
  const names = isNginx ? [...DECIDED_IN_FRONT, ...DECIDED_BY_NGINX] : DECIDED_IN_FRONT
  const changed = names.find(
    (name) => name in rules && settings[name] !== rules[name]?.defaultValue,
  )
  // With 'auto' the application accepts that it has no effect.
  const conflict = options?.sendfile === true ? 'sendfile' : changed
  if (conflict === undefined) return
  throw new TypeError(
    `${caller}: option "offload" does not go with "${conflict}", which the server in front decides`,
  )
}

/** @param root the directory, if the path of the file is below one */
export function offloadHeader(offload: OffloadOptions, root = ''): OffloadHeader {
  return offload.header === 'X-Sendfile' ? xSendfile : accelRedirect(resolve(root), offload.prefix)
}
