import type { ContentLengthPolicy } from '../http/content-length.js'
import type { DotfilePolicy } from '../path/dotfiles.js'
import { directoryPath } from './file-path.js'
import { DOTFILE_POLICIES, fileRules, LONGEST_TIMER, MAX_CHUNK_SIZE } from './file-rules.js'
import {
  booleanRule,
  enumRule,
  integerRule,
  type OptionRule,
  optionEntries,
  type ResolvedOptions,
  resolveOptions,
} from './option-rules.js'
import type { StreamResponseOptions } from './option-types.js'
import { contentRules, responseRules } from './response-rules.js'

const rules = {
  ...fileRules,
  ...responseRules,
  ...contentRules,
  chunkSize: integerRule(1, MAX_CHUNK_SIZE, undefined),
  contentLength: contentLengthRule(),
  dotfiles: dotfilesRule(),
  end: integerRule(0, Number.MAX_SAFE_INTEGER, undefined),
  follow: booleanRule(false),
  followIdle: integerRule(1, LONGEST_TIMER, undefined),
  root: rootRule(),
  start: integerRule(0, Number.MAX_SAFE_INTEGER, 0),
}

/** Every option of `streamResponse`, checked. */
export type StreamResponseSettings = ResolvedOptions<typeof rules>

/** The kinds of body whose options differ; `sized` is a stream that knows its length. */
export type BodyKind = 'path' | 'handle' | 'sized' | 'stream'

// They say where a path leads, and nothing else has one.
const PATH_OPTIONS = ['dotfiles', 'extensions', 'index', 'root', 'symlinks']
// They choose among the bytes of a file, or tell what the disk knows of it.
const FILE_OPTIONS = [
  'acceptRanges',
  'end',
  'etag',
  'follow',
  'followIdle',
  'lastModified',
  'setHeaders',
  'start',
  'transform',
]
const NOT_APPLICABLE: Readonly<Record<BodyKind, readonly string[]>> = {
  path: [],
  handle: PATH_OPTIONS,
  sized: [...PATH_OPTIONS, ...FILE_OPTIONS],
  stream: [...PATH_OPTIONS, ...FILE_OPTIONS],
}

// A body that is made on the way has no length before it is there, and one that grows has no end.
const CONFLICTS = [
  ['follow', 'digest'],
  ['follow', 'end'],
  ['follow', 'transform'],
] as const

/**
 * @param size the bytes of a `sized` body
 * @throws TypeError that names the option that is not acceptable, at all or with this body
 */
export function resolveStreamResponseOptions(
  options: StreamResponseOptions | null | undefined,
  kind: BodyKind,
  size?: number,
): StreamResponseSettings {
  const settings = resolveOptions('streamResponse', rules, options)
  const given = givenNames(options)
  for (const name of NOT_APPLICABLE[kind]) {
    if (given.has(name))
      throw invalidOption(`"${name}" is for ${requiredBody(name)}, which this body is not`)
  }
  for (const [one, other] of CONFLICTS) {
    if (given.has(one) && given.has(other))
      throw invalidOption(`"${one}" does not go with "${other}"`)
  }
  if (given.has('followIdle') && !given.has('follow'))
    throw invalidOption('"followIdle" needs "follow"')
  if (settings.end !== undefined && settings.end < settings.start) {
    throw invalidOption('"end" must not be less than "start"')
  }
  checkContentLength(settings, kind, size)
  return settings
}

/** `true` is for a length that is known, a number for one that is not; `'auto'` fits every body. */
function checkContentLength(
  { contentLength, follow, transform }: StreamResponseSettings,
  kind: BodyKind,
  size: number | undefined,
): void {
  if (contentLength === false || contentLength === 'auto') return
  if (follow) throw invalidOption('"follow" does not go with "contentLength"')
  if (contentLength === true) {
    if (transform !== undefined)
      throw invalidOption('"transform" does not go with "contentLength": true')
    if (kind === 'stream')
      throw invalidOption('"contentLength" is for a body of known length, which this body is not')
  } else if (size !== undefined && size !== contentLength) {
    throw invalidOption(`"contentLength" is ${contentLength}, and the body has ${size} bytes`)
  } else if ((kind === 'path' || kind === 'handle') && transform === undefined) {
    throw invalidOption(
      '"contentLength" must not be a number for a file, whose length is known; set true',
    )
  }
}

/** The options that ask for something: `false` asks for what cannot be had anyway. */
function givenNames(options: object | null | undefined): ReadonlySet<string> {
  const given = [...optionEntries(options ?? {})].filter(
    ([, value]) => value !== undefined && value !== null && value !== false,
  )
  return new Set(given.map(([name]) => name))
}

function requiredBody(name: string): string {
  return PATH_OPTIONS.includes(name) ? 'a path' : 'a file'
}

function invalidOption(why: string): TypeError {
  return new TypeError(`streamResponse: option ${why}`)
}

/** Left out, it is judged only below a `root`: the application vouches for a path of its own. */
function dotfilesRule(): OptionRule<DotfilePolicy | undefined> {
  return { ...enumRule<DotfilePolicy>(DOTFILE_POLICIES, 'ignore'), defaultValue: undefined }
}

function contentLengthRule(): OptionRule<ContentLengthPolicy | number> {
  const { parse: readPolicy } = fileRules.contentLength
  const { parse: readNumber } = integerRule(0, Number.MAX_SAFE_INTEGER, undefined)
  return {
    expected: 'true, false, "auto" or the exact number of bytes',
    defaultValue: false,
    parse: (value, caller) => readPolicy(value, caller) ?? readNumber(value, caller),
  }
}

function rootRule(): OptionRule<string | undefined> {
  return {
    expected: 'the path or file: URL of a directory',
    defaultValue: undefined,
    parse: directoryPath,
  }
}
