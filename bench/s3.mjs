// npm run bench:s3
//
// The same object from a real object store, by turns: read by the SDK alone, and through Express to curl. Writes the
// table of docs/s3.md. It needs curl, and Ceph or the store that S3_ENDPOINT names.
import { execFile, fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { Agent, get } from 'node:http'
import { promisify } from 'node:util'
import {
  CreateBucketCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
} from '@aws-sdk/client-s3'
import { withStore } from '../scripts/ceph/store.mjs'
import { storeClient } from '../scripts/s3/client.mjs'

const MIB = 1024 * 1024
const SIZE = 256 * MIB
const ROUNDS = 15
const FIRST_BYTE_ROUNDS = 200

// Not counted: connections are opened, and code is compiled.
const WARM_UP_ROUNDS = 3

const run = promisify(execFile)

/** The seconds that curl takes for a whole body. */
async function curl(url) {
  const { stdout } = await run('curl', ['-s', '-o', '/dev/null', '-w', '%{time_total}', url])
  return { total: Number(stdout) }
}

/** The seconds until the first byte of the body, over a connection that is kept. */
async function firstByte(agent, url) {
  const started = performance.now()
  const [response] = await once(get(url, { agent }), 'response')
  const ended = once(response, 'end')
  await once(response, 'data')
  const seconds = (performance.now() - started) / 1000
  await ended
  return { firstByte: seconds }
}

/** The same of the SDK, whose body goes nowhere. */
async function sdk(client, Bucket, Key) {
  const started = performance.now()
  const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }))
  let firstByte = 0
  for await (const _ of Body) firstByte ||= performance.now() - started
  return { firstByte: firstByte / 1000, total: (performance.now() - started) / 1000 }
}

async function head(client, Bucket, Key) {
  const started = performance.now()
  await client.send(new HeadObjectCommand({ Bucket, Key }))
  return { total: (performance.now() - started) / 1000 }
}

/** Runs all contenders by turns, so that a slow moment of the machine is one for all of them. */
async function byTurns(rounds, contenders) {
  /** @type {Record<string, any[]>} */
  const results = Object.fromEntries(Object.keys(contenders).map((name) => [name, []]))
  for (let round = -WARM_UP_ROUNDS; round < rounds; round++) {
    for (const [name, contender] of Object.entries(contenders)) {
      const result = await contender()
      if (round >= 0) results[name].push(result)
    }
  }
  return results
}

function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
}

async function measure(environment) {
  const settings = { ...process.env, ...environment }
  const client = storeClient(settings)
  const bucket = settings.S3_BUCKET ?? `bench-${randomBytes(6).toString('hex')}`
  if (settings.S3_BUCKET === undefined)
    await client.send(new CreateBucketCommand({ Bucket: bucket }))
  for (const [Key, size] of Object.entries({ large: SIZE, small: 1024 })) {
    await client.send(new PutObjectCommand({ Bucket: bucket, Key, Body: Buffer.alloc(size, 7) }))
  }
  const server = fork(new URL('../scripts/s3/server.mjs', import.meta.url), [bucket], {
    env: settings,
  })
  const [{ port }] = await once(server, 'message')
  const url = `http://127.0.0.1:${port}`
  const agent = new Agent({ keepAlive: true })
  try {
    const throughput = await byTurns(ROUNDS, {
      sdk: () => sdk(client, bucket, 'large'),
      chunked: () => curl(`${url}/large`),
      length: () => curl(`${url}/length/large`),
    })
    const latency = await byTurns(FIRST_BYTE_ROUNDS, {
      roundTrip: () => head(client, bucket, 'small'),
      sdk: () => sdk(client, bucket, 'small'),
      express: () => firstByte(agent, `${url}/small`),
    })
    return { throughput, latency }
  } finally {
    server.kill()
    agent.destroy()
    client.destroy()
  }
}

function table({ throughput, latency }) {
  const seconds = (results) => median(results.map(({ total }) => total))
  const alone = seconds(throughput.sdk)
  const rate = (results) => `${Math.round(SIZE / MIB / seconds(results))} MiB/s`
  const ratio = (results) => (alone / seconds(results)).toFixed(2)
  const ms = (value) => `${(value * 1000).toFixed(1)} ms`
  const first = (results) => ms(median(results.map(({ firstByte }) => firstByte)))
  return [
    '| | the SDK alone | through Express, chunked | … with a length |',
    '|---|--:|--:|--:|',
    `| ${SIZE / MIB} MiB | ${rate(throughput.sdk)} | ${rate(throughput.chunked)} | ${rate(throughput.length)} |`,
    `| ratio | 1 | ${ratio(throughput.chunked)} | ${ratio(throughput.length)} |`,
    `| first byte of 1 KiB | ${first(latency.sdk)} | ${first(latency.express)} | |`,
    `| a HEAD to the store, for comparison | ${ms(seconds(latency.roundTrip))} | | |`,
  ].join('\n')
}

function writeTable(text) {
  const file = new URL('../docs/s3.md', import.meta.url)
  const document = readFileSync(file, 'utf8')
  const made = `${ROUNDS} rounds, medians, Node.js ${process.version}, ${new Date().toISOString().slice(0, 10)}:`
  const place = /(<!-- bench -->)[\s\S]*(<!-- \/bench -->)/
  writeFileSync(file, document.replace(place, `$1\n\n${made}\n\n${text}\n\n$2`))
}

await withStore(async (environment) => {
  const text = table(await measure(environment))
  console.log(text)
  writeTable(text)
})
