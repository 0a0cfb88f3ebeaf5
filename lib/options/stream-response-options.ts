import { validateHeaderName, validateHeaderValue } from 'node:http'
import type { DotfilePolicy } from '../path/dotfiles.js'
import { folderPath } from './file-path.js'
import { DOTFILE_POLICIES, fileRules } from './file-rules.js'
import type { StreamResponseOptions } from './options.js'
import { integer, oneOf, type Resolved, type Rule, resolveOptions, show } from './rules.js'

type Headers = ReadonlyMap<string, string | readonly string[]>

// What a header field may hold, in ASCII.
const FIELD_TEXT = /^[\x20-\x7e]+$/

const rules = {
  ...fileRules,
  dotfiles: dotfilesRule(),
  download: downloadRule(),
  end: integer(0, Number.MAX_SAFE_INTEGER, undefined),
  errors: oneOf(['next', 'throw'], 'next'),
  headers: headersRule(),
  root: rootRule(),
  start: integer(0, Number.MAX_SAFE_INTEGER, 0),
  status: integer(200, 599, undefined),
  type: typeRule(),
}

/** Every option of `streamResponse`, checked. */
export type StreamResponseSettings = Resolved<typeof rules>

/** @throws TypeError that names the option that is not acceptable */
export function resolveStreamResponseOptions(
  options: StreamResponseOptions | null | undefined,
): StreamResponseSettings {
  const settings = resolveOptions('streamResponse', rules, options)
  if (settings.end !== undefined && settings.end < settings.start) {
    throw new TypeError('streamResponse: option "end" must not be less than "start"')
  }
  return settings
}

/** Left out, it is judged only below a `root`: the application vouches for a path of its own. */
function dotfilesRule(): Rule<DotfilePolicy | undefined> {
  return { ...oneOf<DotfilePolicy>(DOTFILE_POLICIES, 'ignore'), fallback: undefined }
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
