// What is asked of a cache in front of this package.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { BIG, BIG_BYTES } from './files.mjs'
import { get, MIB, until } from './support.mjs'

const RATE = 12 * MIB
const RANGE = { Range: 'bytes=1000000-1000999' }

/** A part of a file that the cache does not have, and then of one that it does. */
export async function ranges(url, origin) {
  const path = `/${BIG}?ranges`
  const cold = partOf(await get(url(path), RANGE))
  await get(url(path))
  const before = origin.requests.length
  const warm = partOf(await get(url(path), RANGE))
  const isCached = origin.requests.length === before
  return { cold, warm: isCached ? warm : `${warm}, asked for again` }
}

/** @param {Awaited<ReturnType<typeof get>>} response */
function partOf({ status, body }) {
  if (status === 206 && body?.length === 1000) return '206, the range'
  if (status === 200 && body?.length === BIG_BYTES) return '200, the whole file'
  return `${status}, ${body?.length ?? 'no'} bytes`
}

/** What a client sees when the server is killed in the middle of a body, and what the next one gets. */
export async function killed(url, origin, directory, time) {
  const path = `/${BIG}?rate=${RATE}&time=${time}`
  const answer = get(url(path))
  await until(() => origin.bytesSent > 4 * MIB)
  await origin.restart()
  const original = readFileSync(join(directory, BIG))
  return {
    first: seen(await answer, original),
    next: seen(await get(url(path)), original),
  }
}

/** @param {Awaited<ReturnType<typeof get>>} response */
function seen({ status, failed, body }, original) {
  if (failed) return 'a failure'
  if (status !== 200) return String(status)
  return body?.equals(original) ? 'the whole file' : '**part of the file, as if whole**'
}
