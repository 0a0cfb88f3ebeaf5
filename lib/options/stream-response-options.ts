import type { ContentLengthPolicy } from '../http/content-length.js'
import type { DotfilePolicy } from '../path/dotfiles.js'
import { directoryPath } from './file-path.js'
import { DOTFILE_POLICIES, fileRules, MAX_CHUNK_SIZE } from './file-rules.js'
import { NO_SENDFILE } from './files-root.js'
import { checkOffload, type OffloadOptions } from './offload-rule.js'
import {
  booleanRule,
  enumRule,
  givenNames,
  integerRule,
  LONGEST_TIMER,
  type OptionRule,
  type ResolvedOptions,
  resolveOptions,
} from './option-rules.js'
import type { RouteOptions } from './option-types.js'
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

/** The resolved options of `streamResponse`. */
export type StreamResponseSettings = ResolvedOptions<typeof rules>

/**
 * The kinds of body whose options differ: a `source` has the file, which is not on the disk if it is `off-disk`,
 * `bytes` are in memory, and the length of a `sized` stream is known.
 */
export type BodyKind = 'path' | 'handle' | 'source' | 'off-disk' | 'bytes' | 'sized' | 'stream'

/** They decide which file a path names, so they apply to paths only. */
export const PATH_OPTIONS = [
  'dotfiles',
  'extensions',
  'index',
  'offload',
  'root',
  'symlinks',
] as const
// They poll the disk.
const FOLLOW_OPTIONS = ['follow', 'followIdle'] as const
/** They select bytes of a file or depend on its metadata, so they apply to files only. */
export const FILE_OPTIONS = [
  'acceptRanges',
  'end',
  'etag',
  'lastModified',
  'sendfile',
  'setHeaders',
  'start',
  'transform',
  ...FOLLOW_OPTIONS,
] as const
type OptionName = (typeof PATH_OPTIONS | typeof FILE_OPTIONS)[number]
const FILE_KINDS: readonly BodyKind[] = ['path', 'handle', 'source', 'off-disk']
const NOT_OF_SOURCES = [...PATH_OPTIONS.filter((name) => name !== 'dotfiles'), ...FOLLOW_OPTIONS]
const NOT_APPLICABLE: Readonly<Record<BodyKind, readonly OptionName[]>> = {
  path: [],
  handle: PATH_OPTIONS,
  source: NOT_OF_SOURCES,
  'off-disk': NOT_OF_SOURCES,
  bytes: [...PATH_OPTIONS, ...FILE_OPTIONS],
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
 * @param size the length of the body in bytes, where it is known without opening a file
 * @throws TypeError that names the option that is invalid, or invalid for this kind of body
 */
export function resolveStreamResponseOptions(
  options: RouteOptions | null | undefined,
  kind: BodyKind,
  size?: number,
): StreamResponseSettings {
  const settings = resolveOptions('streamResponse', rules, options)
  const given = givenNames(options)
  for (const name of NOT_APPLICABLE[kind]) {
    if (given.has(name))
      throw invalidOption(`"${name}" is for ${requiredBody(name)}, which this body is not`)
  }
  if (kind === 'off-disk' && options?.sendfile === true) throw invalidOption(NO_SENDFILE)
  for (const [one, other] of CONFLICTS) {
    if (given.has(one) && given.has(other))
      throw invalidOption(`"${one}" does not go with "${other}"`)
  }
  if (given.has('followIdle') && !given.has('follow'))
    throw invalidOption('"followIdle" needs "follow"')
  if (kind === 'path' && ignoresSymlinks(settings, given)) {
    throw invalidOption(`"symlinks": "${settings.symlinks}" needs "root"`)
  }
  if (settings.end !== undefined && settings.end < settings.start) {
    throw invalidOption('"end" must not be less than "start"')
  }
  checkContentLength(settings, kind, size)
  if (settings.offload !== undefined) checkRouteOffload(settings.offload, settings, options)
  return settings
}

/** Whether `symlinks` has no effect: without a root, the application chooses the path, and symlinks are followed. */
function ignoresSymlinks(
  { symlinks, root }: StreamResponseSettings,
  given: ReadonlySet<string>,
): boolean {
  return given.has('symlinks') && symlinks !== 'follow' && root === undefined
}

function checkRouteOffload(
  offload: OffloadOptions,
  settings: StreamResponseSettings,
  options: RouteOptions | null | undefined,
): void {
  checkOffload('streamResponse', rules, offload, settings, options)
  const { root, status = 200 } = settings
  if (status !== 200) throw invalidOption(`"offload" does not go with "status" ${status}`)
  if (offload.header === 'X-Accel-Redirect' && root === undefined)
    throw invalidOption('"offload" with "X-Accel-Redirect" needs "root"')
}

/** `true` is for a body of known length, a number for one of unknown length, `'auto'` for any body. */
function checkContentLength(
  { contentLength, digest, follow, transform }: StreamResponseSettings,
  kind: BodyKind,
  size: number | undefined,
): void {
  if (contentLength === false || contentLength === 'auto') return
  if (follow) throw invalidOption('"follow" does not go with "contentLength"')
  // A response with a length has no trailers (RFC 9112 §7.1.2). The digest of bytes in memory is a header.
  if (digest !== undefined && kind !== 'bytes')
    throw invalidOption(
      '"digest" does not go with "contentLength": only a chunked body has a trailer',
    )
  if (contentLength === true) {
    if (transform !== undefined)
      throw invalidOption('"transform" does not go with "contentLength": true')
    if (kind === 'stream')
      throw invalidOption('"contentLength" is for a body of known length, which this body is not')
  } else if (size !== undefined && size !== contentLength) {
    throw invalidOption(`"contentLength" is ${contentLength}, and the body has ${size} bytes`)
  } else if (FILE_KINDS.includes(kind) && transform === undefined) {
    throw invalidOption(
      '"contentLength" must not be a number for a file, whose length is known; set true',
    )
  }
}

function requiredBody(name: OptionName): string {
  if (PATH_OPTIONS.some((option) => option === name)) return 'a path'
  return FOLLOW_OPTIONS.some((option) => option === name) ? 'a file of the disk' : 'a file'
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
    parse: (value, caller) => parsePolicy(value, caller) ?? parseNumber(value, caller),
  }
}

function rootRule(): OptionRule<string | undefined> {
  return {
    expected: 'the path or file: URL of a directory',
    defaultValue: undefined,
    parse: directoryPath,
  }
}
