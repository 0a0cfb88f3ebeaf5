import { validateHeaderName, validateHeaderValue } from 'node:http'
import type { DigestAlgorithm } from '../body/decorators/digest-reader.js'
import type { OnProgress } from '../body/decorators/progress-reader.js'
import type { ContentLengthPolicy } from '../http/content-length.js'
import type { DotfilePolicy } from '../path/dotfiles.js'
import { directoryPath } from './file-path.js'
import { DOTFILE_POLICIES, fileRules, LONGEST_TIMER, MAX_CHUNK_SIZE } from './file-rules.js'
import {
  booleanRule,
  describeValue,
  enumRule,
  functionRule,
  integerRule,
  type OptionRule,
  optionEntries,
  type ResolvedOptions,
  resolveOptions,
  signalRule,
} from './option-rules.js'
import type { StreamResponseOptions } from './option-types.js'

type Headers = ReadonlyMap<string, string | readonly string[]>

// The ASCII characters that a header value may contain.
const HEADER_VALUE = /^[\x20-\x7e]+$/

const rules = {
  ...fileRules,
  chunkSize: integerRule(1, MAX_CHUNK_SIZE, undefined),
  contentLength: contentLengthRule(),
  digest: digestRule(),
  dotfiles: dotfilesRule(),
  download: downloadRule(),
  end: integerRule(0, Number.MAX_SAFE_INTEGER, undefined),
  errors: enumRule(['next', 'throw'], 'next'),
  follow: booleanRule(false),
  followIdle: integerRule(1, LONGEST_TIMER, undefined),
  headers: headersRule(),
  maxRate: integerRule(1, Number.MAX_SAFE_INTEGER, undefined),
  onProgress: functionRule<OnProgress>(),
  root: rootRule(),
  signal: signalRule,
  start: integerRule(0, Number.MAX_SAFE_INTEGER, 0),
  status: integerRule(200, 599, undefined),
  type: typeRule(),
}

/** The resolved options of `streamResponse`. */
export type StreamResponseSettings = ResolvedOptions<typeof rules>

/** The kinds of body whose options differ. `sized` is a stream whose length is known. */
export type BodyKind = 'path' | 'handle' | 'sized' | 'stream'

// They decide which file a path names, so they apply to paths only.
const PATH_OPTIONS = ['dotfiles', 'extensions', 'index', 'root', 'symlinks']
// They select bytes of a file or depend on its metadata, so they apply to files only.
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

// A file that is followed has no end, and so neither a length nor a digest.
const CONFLICTS = [
  ['follow', 'digest'],
  ['follow', 'end'],
  ['follow', 'transform'],
] as const

/**
 * @param size the length of a `sized` body in bytes
 * @throws TypeError that names the option that is invalid, or invalid for this kind of body
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

/** `true` is for a body of known length, a number for one of unknown length, `'auto'` for any body. */
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

/** The names of the options that are set. `false` disables something, which is valid for every body. */
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

/** Without a value, dotfiles are judged only below a `root`: the application trusts its own paths. */
function dotfilesRule(): OptionRule<DotfilePolicy | undefined> {
  return { ...enumRule<DotfilePolicy>(DOTFILE_POLICIES, 'ignore'), defaultValue: undefined }
}

function contentLengthRule(): OptionRule<ContentLengthPolicy | number> {
  const { parse: parsePolicy } = fileRules.contentLength
  const { parse: parseNumber } = integerRule(0, Number.MAX_SAFE_INTEGER, undefined)
  return {
    expected: 'true, false, "auto" or the exact number of bytes',
    defaultValue: false,
    parse: (value) => parsePolicy(value) ?? parseNumber(value),
  }
}

function digestRule(): OptionRule<DigestAlgorithm | undefined> {
  return {
    ...enumRule<DigestAlgorithm>(['sha-256', 'sha-512'], 'sha-256'),
    defaultValue: undefined,
  }
}

function downloadRule(): OptionRule<boolean | string> {
  return {
    expected: 'true, false or a file name',
    defaultValue: false,
    parse: (value) => (typeof value === 'boolean' || typeof value === 'string' ? value : undefined),
  }
}

function rootRule(): OptionRule<string | undefined> {
  return {
    expected: 'the path or file: URL of a directory',
    defaultValue: undefined,
    parse: directoryPath,
  }
}

function headersRule(): OptionRule<Headers> {
  return {
    expected: 'an object of header names and their values',
    defaultValue: new Map(),
    parse: (value) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
      const headers = new Map<string, string | readonly string[]>()
      for (const [name, header] of Object.entries(value)) {
        if (header !== undefined && header !== null) headers.set(name, readHeader(name, header))
      }
      return headers
    },
  }
}

/** @throws TypeError that names the invalid header */
function readHeader(name: string, value: unknown): string | readonly string[] {
  const list = Array.isArray(value) ? value.map(String) : [String(value)]
  try {
    validateHeaderName(name)
    for (const item of list) validateHeaderValue(name, item)
  } catch (cause) {
    const message = `streamResponse: option "headers" has a header ${describeValue(name)} that cannot be sent`
    throw new TypeError(message, { cause })
  }
  return Array.isArray(value) ? list : String(value)
}

function typeRule(): OptionRule<string | undefined> {
  return {
    expected: 'a media type or an extension',
    defaultValue: undefined,
    parse: (value) => (typeof value === 'string' && HEADER_VALUE.test(value) ? value : undefined),
  }
}
