import { PutObjectCommand } from '@aws-sdk/client-s3'
import { abreast, httpClient } from './http.mjs'
import { partsOf } from './multipart.mjs'

const KEY = 'replaced'
const SIZE = 256 * 1024
const PAUSE_MS = 20
const WIDTH = 8

/** Reads an object over and over while it is replaced over and over, by versions that are told by each byte. */
export async function replaceLoad({ port, count, client, bucket }) {
  let version = 0
  let reading = true
  const put = () => {
    version++
    const input = { Bucket: bucket, Key: KEY, Body: Buffer.alloc(SIZE, version % 251) }
    return client.send(new PutObjectCommand(input))
  }
  await put()
  const writing = (async () => {
    while (reading) {
      await put()
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS))
    }
  })()
  const http = httpClient(port, WIDTH)
  /** @type {string[]} */
  const mixed = []
  const result = { requests: 0, whole: 0, unavailable: 0, aborted: 0, mixed }
  await abreast(count, WIDTH, async (index) => {
    const headers = KINDS[index % KINDS.length] ?? {}
    const response = await http.get(`/${KEY}`, { headers })
    result.requests++
    if (!response.complete) result.aborted++
    else if (response.status === 503) result.unavailable++
    else if (isOneVersion(response)) result.whole++
    else mixed.push(`${response.status} to ${JSON.stringify(headers)}`)
  })
  reading = false
  await writing
  http.close()
  return { ...result, versions: version }
}

/** @type {Record<string, string>[]} */
const KINDS = [
  { range: 'bytes=0-999,100000-100999,200000-200999' },
  { range: 'bytes=100-200000' },
  { range: 'bytes=0-9,-10', 'if-none-match': '"other"' },
  {},
]

function isOneVersion(response) {
  if (response.status !== 200 && response.status !== 206) return false
  const bytes = Buffer.concat(partsOf(response))
  return bytes.length > 0 && bytes.equals(Buffer.alloc(bytes.length, bytes[0]))
}
