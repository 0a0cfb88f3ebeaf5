import { validateHeaderName, validateHeaderValue } from 'node:http'
import type { ContentLengthPolicy } from '../http/content-length.js'
import type { DotfilePolicy } from '../path/dotfiles.js'
import type { DigestAlgorithm } from '../wire/readers/digested.js'
import type { OnProgress } from '../wire/readers/progress.js'
import { folderPath } from './file-path.js'
import { DOTFILE_POLICIES, fileRules, LARGEST_CHUNK, LONGEST_TIMER } from './file-rules.js'
import type { StreamResponseOptions } from './options.js'
import {
  callback,
  flag,
  integer,
  oneOf,
  type Resolved,
  type Rule,
  resolveOptions,
  show,
  signalRule,
  valuesOf,
} from './rules.js'

type Headers = ReadonlyMap<string, string | readonly string[]>

// What a header field may hold, in ASCII.
const FIELD_TEXT = /^[\x20-\x7e]+$/

const rules = {
  ...fileRules,
  chunkSize: integer(1, LARGEST_CHUNK, undefined),
  contentLength: contentLengthRule(),
  digest: digestRule(),
  dotfiles: dotfilesRule(),
  download: downloadRule(),
  end: integer(0, Number.MAX_SAFE_INTEGER, undefined),
  errors: oneOf(['next', 'throw'], 'next'),
  follow: flag(false),
  followIdle: integer(1, LONGEST_TIMER, undefined),
  headers: headersRule(),
  maxRate: integer(1, Number.MAX_SAFE_INTEGER, undefined),
  onProgress: callback<OnProgress>(),
  root: rootRule(),
  signal: signalRule,
  start: integer(0, Number.MAX_SAFE_INTEGER, 0),
  status: integer(200, 599, undefined),
  type: typeRule(),
}

/** Every option of `streamResponse`, checked. */
export type StreamResponseSettings = Resolved<typeof rules>

/** The kinds of body whose options differ; `sized` is a stream that knows its length. */
export type BodyKind = 'path' | 'handle' | 'sized' | 'stream'

// They say where a path leads, and nothing else has one.
const OF_PATHS = ['dotfiles', 'extensions', 'index', 'root', 'symlinks']
// They choose among the bytes of a file, or tell what the disk knows of it.
const OF_FILES = [
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
const REFUSED: Readonly<Record<BodyKind, readonly string[]>> = {
  path: [],
  handle: OF_PATHS,
  sized: [...OF_PATHS, ...OF_FILES],
  stream: [...OF_PATHS, ...OF_FILES],
}

// A body that is made on the way has no length before it is there, and one that grows has no end.
const NEVER_TOGETHER = [
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
  const given = namesOf(options)
  for (const name of REFUSED[kind]) {
    if (given.has(name)) throw refused(`"${name}" is for ${wantedBy(name)}, which this body is not`)
  }
  for (const [one, other] of NEVER_TOGETHER) {
    if (given.has(one) && given.has(other)) throw refused(`"${one}" does not go with "${other}"`)
  }
  if (given.has('followIdle') && !given.has('follow')) throw refused('"followIdle" needs "follow"')
  if (settings.end !== undefined && settings.end < settings.start) {
    throw refused('"end" must not be less than "start"')
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
  if (follow) throw refused('"follow" does not go with "contentLength"')
  if (contentLength === true) {
    if (transform !== undefined) throw refused('"transform" does not go with "contentLength": true')
    if (kind === 'stream')
      throw refused('"contentLength" is for a body of known length, which this body is not')
  } else if (size !== undefined && size !== contentLength) {
    throw refused(`"contentLength" is ${contentLength}, and the body has ${size} bytes`)
  } else if ((kind === 'path' || kind === 'handle') && transform === undefined) {
    throw refused(
      '"contentLength" must not be a number for a file, whose length is known; set true',
    )
  }
}

/** The options that ask for something: `false` asks for what cannot be had anyway. */
function namesOf(options: object | null | undefined): ReadonlySet<string> {
  const given = [...valuesOf(options ?? {})].filter(
    ([, value]) => value !== undefined && value !== null && value !== false,
  )
  return new Set(given.map(([name]) => name))
}

function wantedBy(name: string): string {
  return OF_PATHS.includes(name) ? 'a path' : 'a file'
}

function refused(why: string): TypeError {
  return new TypeError(`streamResponse: option ${why}`)
}

/** Left out, it is judged only below a `root`: the application vouches for a path of its own. */
function dotfilesRule(): Rule<DotfilePolicy | undefined> {
  return { ...oneOf<DotfilePolicy>(DOTFILE_POLICIES, 'ignore'), fallback: undefined }
}

function contentLengthRule(): Rule<ContentLengthPolicy | number> {
  const { read: readPolicy } = fileRules.contentLength
  const { read: readNumber } = integer(0, Number.MAX_SAFE_INTEGER, undefined)
  return {
    accepted: 'true, false, "auto" or the exact number of bytes',
    fallback: false,
    read: (value) => readPolicy(value) ?? readNumber(value),
  }
}

function digestRule(): Rule<DigestAlgorithm | undefined> {
  return { ...oneOf<DigestAlgorithm>(['sha-256', 'sha-512'], 'sha-256'), fallback: undefined }
}

function downloadRule(): Rule<boolean | string> {
  return {
    accepted: 'true, false or a file name',
    fallback: false,
    read: (value) => (typeof value === 'boolean' || typeof value === 'string' ? value : undefined),
  }
}

function rootRule(): Rule<string | undefined> {
  return {
    accepted: 'the path or file: URL of a folder',
    fallback: undefined,
    read: folderPath,
  }
}

function headersRule(): Rule<Headers> {
  return {
    accepted: 'an object of header names and their values',
    fallback: new Map(),
    read: (value) => {
      if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
      const headers = new Map<string, string | readonly string[]>()
      for (const [name, field] of Object.entries(value)) {
        if (field !== undefined && field !== null) headers.set(name, readHeader(name, field))
      }
      return headers
    },
  }
}

/** @throws TypeError that names the field, since one of many is wrong */
function readHeader(name: string, value: unknown): string | readonly string[] {
  const list = Array.isArray(value) ? value.map(String) : [String(value)]
  try {
    validateHeaderName(name)
    for (const item of list) validateHeaderValue(name, item)
  } catch (cause) {
    const message = `streamResponse: option "headers" has a field ${show(name)} that cannot be sent`
    throw new TypeError(message, { cause })
  }
  return Array.isArray(value) ? list : String(value)
}

function typeRule(): Rule<string | undefined> {
  return {
    accepted: 'a media type or an extension',
    fallback: undefined,
    read: (value) => (typeof value === 'string' && FIELD_TEXT.test(value) ? value : undefined),
  }
}
