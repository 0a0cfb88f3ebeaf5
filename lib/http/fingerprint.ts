import { basename } from 'node:path'
import { memoize } from './memoize.js'

// What bundlers emit with a hash. Documents, data and media are named by people, and often with ids.
const CODE_AND_FONTS = /\.(?:[cm]?js|css|wasm|woff2?|ttf|otf|eot)$/
const IMAGES = /\.(?:avif|gif|ico|jpe?g|png|svg|webp)$/

// Webpack and Create React App add a word between the hash and the extension.
const EXTENSIONS = /(?:\.(?:bundle|chunk|min))?\.[a-z0-9]+$/

const NAME_AND_HASH = /^.+([.-])([\w-]{8}|[0-9a-f]{16}|[0-9a-f]{20})$/

// webpack: the whole name of an asset module.
const ASSET_MODULE = /^[0-9a-f]{20}$/

// esbuild: what several entry points share.
const SHARED_CHUNK = /^chunk-[A-Z2-7]{8}$/

const HEX = /^[0-9a-f]+$/
const BASE32 = /^[A-Z2-7]{8}$/
const UPPER_AND_LOWER_CASE = /[A-Z].*[a-z]|[a-z].*[A-Z]/
const LETTER_AND_DIGIT = /[a-z].*\d|\d.*[a-z]/

// '2024feb1' and '20240131' are dates.
const YEAR = /(?:19|20)\d\d/

// Words with numbers: 'S03E04v2', 'Img24x24'.
const NUMBERED = /^(?:[A-Za-z_-]+\d+)+$/

// The parts of a camel-case name: 'Win11Pro' has three, and a hash has more.
const PART = /[A-Z]?[a-z]+|[A-Z]+|\d+/g

const MIN_PARTS_OF_BASE32 = 3
const MIN_PARTS_OF_BASE64 = 4
// People name images with sizes, versions and episodes.
const MIN_PARTS_IN_IMAGE = 5

/**
 * Whether the name of a file contains a hash of its content, in a form that webpack, Vite, Rollup or
 * esbuild gives it. A hash that could be a word, a number, a date, a version or an id is not recognized:
 * a file that is cached for a year by mistake cannot be recalled, and one that is not is revalidated.
 */
export const isFingerprinted = memoize((path: string): boolean => {
  const name = basename(path)
  const isImage = IMAGES.test(name)
  if (!isImage && !CODE_AND_FONTS.test(name)) return false
  const stem = name.replace(EXTENSIONS, '')
  if (SHARED_CHUNK.test(stem)) return true
  if (ASSET_MODULE.test(stem)) return isHexHash(stem)
  const [, separator = '', hash = ''] = NAME_AND_HASH.exec(stem) ?? []
  // 'avatar-550e8400.png' contains the id of a user.
  if (HEX.test(hash)) return isHexHash(hash) && !(isImage && separator === '-')
  if (NUMBERED.test(hash)) return false
  if (BASE32.test(hash)) return !isImage && partsOf(hash) >= MIN_PARTS_OF_BASE32
  const atLeast = isImage ? MIN_PARTS_IN_IMAGE : MIN_PARTS_OF_BASE64
  return UPPER_AND_LOWER_CASE.test(hash) && partsOf(hash) >= atLeast
})

function isHexHash(text: string): boolean {
  return LETTER_AND_DIGIT.test(text) && !YEAR.test(text)
}

function partsOf(text: string): number {
  return text.match(PART)?.length ?? 0
}
