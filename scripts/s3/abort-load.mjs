import { randomBytes, randomInt } from 'node:crypto'
import { PutObjectCommand } from '@aws-sdk/client-s3'
import { abreast, httpClient } from './http.mjs'
import { partsOf } from './multipart.mjs'

const KIB = 1024
const SIZES = { small: KIB, odd: 64 * KIB + 1, middle: 1024 * KIB, large: 4 * 1024 * KIB }
const WIDTH = 16

/** Stores the objects, and returns their contents. */
export async function storeObjects(client, bucket) {
  const contents = {}
  for (const [key, size] of Object.entries(SIZES)) {
    contents[key] = randomBytes(size)
    const input = { Bucket: bucket, Key: key, Body: contents[key] }
    await client.send(new PutObjectCommand(input))
  }
  return contents
}

/**
 * Requests of all kinds, every fourth of which is aborted by its client: before the response, at its first
 * byte or in the middle.
 */
export async function abortLoad({ port, count, contents, onQuarter }) {
  const http = httpClient(port, WIDTH)
  const etags = {}
  for (const key of Object.keys(contents)) {
    etags[key] = (await http.get(`/${key}`, { method: 'HEAD' })).headers.etag
  }
  /** @type {string[]} */
  const wrong = []
  const result = { requests: 0, correct: 0, abortedByClient: 0, failed: 0, wrong }
  await abreast(count, WIDTH, async (index) => {
    if (index > 0 && index % (count / 4) === 0) await onQuarter()
    const aborts = index % 4 === 0
    const wanted = aborts ? wholeOf('large', contents) : randomRequest(contents, etags)
    const abortAfter = aborts ? randomInt(-1, contents.large.length / 2) : undefined
    const response = await http.get(wanted.path, { ...wanted.options, abortAfter })
    result.requests++
    if (response.complete && isWrong(response, wanted)) wrong.push(describe(response, wanted))
    else if (response.complete) result.correct++
    else if (aborts) result.abortedByClient++
    else result.failed++
  })
  http.close()
  return result
}

function wholeOf(key, contents) {
  return { path: `/${key}`, options: {}, status: 200, parts: [contents[key]] }
}

function randomRequest(contents, etags) {
  const keys = Object.keys(contents)
  const key = keys[randomInt(keys.length)] ?? 'small'
  const content = contents[key]
  const start = randomInt(content.length)
  const end = randomInt(start, content.length)
  const kinds = [
    { status: 200, parts: [content] },
    { status: 200, parts: [content], prefix: '/length' },
    {
      status: 206,
      parts: [content.subarray(start, end + 1)],
      headers: { range: `bytes=${start}-${end}` },
    },
    { status: 206, parts: [content.subarray(-7)], headers: { range: 'bytes=-7' } },
    {
      status: 206,
      parts: [content.subarray(0, 10), content.subarray(500, 510), content.subarray(-5)],
      headers: { range: 'bytes=0-9,500-509,-5' },
    },
    { status: 304, parts: [Buffer.alloc(0)], headers: { 'if-none-match': etags[key] } },
    { status: 200, parts: [content], headers: { 'if-none-match': '"other"' } },
    { status: 416, parts: [Buffer.alloc(0)], headers: { range: `bytes=${content.length}-` } },
    { status: 200, parts: [Buffer.alloc(0)], method: 'HEAD' },
  ]
  const { status, parts, prefix = '', headers, method } = kinds[randomInt(kinds.length)] ?? {}
  return { path: `${prefix}/${key}`, options: { headers, method }, status, parts }
}

function isWrong(response, { status, parts }) {
  if (response.status !== status) return true
  const received = partsOf(response)
  return (
    received.length !== parts.length || received.some((part, index) => !part.equals(parts[index]))
  )
}

function describe({ status, body }, { path, options, status: expected }) {
  return `${JSON.stringify(options)} ${path}: ${status} with ${body.length} bytes, not ${expected}`
}
