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
const LETTER_AND_DIGIT = /[a-z].*\d|\d.*[a-z]/
const BASE32 = /^(?=.*\d)[A-Z2-7]{8}$/
const UPPER_AND_LOWER_CASE = /[A-Z].*[a-z]|[a-z].*[A-Z]/

// '2024feb1' and '20240131' are dates.
const YEAR = /(?:19|20)\d\d/

// Names of people: 'NavBtnSm', 'HTML5App', 'CmsApiV2'; 'CSVtoPDF'; 'Q3FY24v2'.
const CAMEL_CASE =
  /^[a-z]*(?:[A-Z][a-z]+)*(?:[A-Z]{2,}s?\d*)?(?:[A-Z][a-z]+)*[Vv]?\d*$|[A-Z](?:and|for|in|of|or|to|vs)[A-Z]|^(?:[A-Za-z_-]+\d+){3,}$/

// The parts of a camel-case name, and those of them that a person can read.
const PART = /[A-Z]?[a-z]+|[A-Z]+(?![a-z])|\d+/g
const READABLE_PART = /^\d|^(?=.*[aeiou])[a-z]{3}/i

// Of the eight characters of a hash. People name images, with sizes and episodes, more often than code.
const MOST_READABLE_OF_BASE32 = 5
const MOST_READABLE_OF_BASE64 = 4
const MOST_READABLE_IN_IMAGE = 2

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
  if (SHARED_CHUNK.test(stem)) return !isImage
  if (ASSET_MODULE.test(stem)) return isHexHash(stem)
  const [, separator = '', hash = ''] = NAME_AND_HASH.exec(stem) ?? []
  // 'avatar-550e8400.png' contains the id of a user.
  if (HEX.test(hash)) return isHexHash(hash) && !(isImage && separator === '-')
  if (YEAR.test(hash) || CAMEL_CASE.test(hash)) return false
  if (BASE32.test(hash)) return !isImage && readableIn(hash) <= MOST_READABLE_OF_BASE32
  const most = isImage ? MOST_READABLE_IN_IMAGE : MOST_READABLE_OF_BASE64
  return UPPER_AND_LOWER_CASE.test(hash) && readableIn(hash) <= most
})

function isHexHash(text: string): boolean {
  return LETTER_AND_DIGIT.test(text) && !YEAR.test(text)
}

/** How many characters are digits, or letters of a part that has three or more of them and a vowel. */
function readableIn(text: string): number {
  const parts = text.match(PART)?.filter((part) => READABLE_PART.test(part)) ?? []
  return parts.join('').length
}
