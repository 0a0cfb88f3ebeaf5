// npm run soak:s3 [-- <number of requests>]
//
// Against a real object store: requests of all kinds, a quarter of them aborted, and then as many downloads of an
// object that is replaced all the time. Fails unless the server held what docs/s3.md promises. With 10,000
// requests, which is the default, it writes the table there.
import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { readdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { CreateBucketCommand } from '@aws-sdk/client-s3'
import { withStore } from './ceph/store.mjs'
import { abortLoad, storeObjects } from './s3/abort-load.mjs'
import { storeClient } from './s3/client.mjs'
import { replaceLoad } from './s3/replace-load.mjs'

const DEFAULT_COUNT = 10_000
const count = Number(process.argv[2] ?? DEFAULT_COUNT)
const MIB = 1024 * 1024

// The memory after a collection differs by so much between two moments of the same load.
const MEMORY_NOISE = 48 * MIB

// What clients leave behind is closed by then, or never.
const PATIENCE_MS = 10_000

if (process.platform !== 'linux')
  throw new Error('The descriptors of the server are read from /proc')

/** The descriptors of a process, and how many of them are sockets. */
function descriptorsOf(pid) {
  const directory = `/proc/${pid}/fd`
  const links = readdirSync(directory).map((name) => {
    try {
      return readlinkSync(`${directory}/${name}`)
    } catch {
      // Closed since it was listed.
      return ''
    }
  })
  return { all: links.length, sockets: links.filter((link) => link.startsWith('socket:')).length }
}

async function ask(server, question) {
  const answered = once(server, 'message')
  server.send(question)
  return (await answered)[0]
}

/** The descriptors once the connections to the store that are kept for further requests are closed. */
async function descriptorsLeft(server, before) {
  await ask(server, 'close the pool')
  const deadline = Date.now() + PATIENCE_MS
  while (descriptorsOf(server.pid).all > before.all && Date.now() < deadline) {
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return descriptorsOf(server.pid)
}

async function soak(environment) {
  const settings = { ...process.env, ...environment }
  const client = storeClient(settings)
  const bucket = settings.S3_BUCKET ?? `soak-${randomBytes(6).toString('hex')}`
  if (settings.S3_BUCKET === undefined)
    await client.send(new CreateBucketCommand({ Bucket: bucket }))
  const server = fork(new URL('./s3/server.mjs', import.meta.url), [bucket], {
    execArgv: ['--expose-gc', '--no-warnings'],
    env: settings,
  })
  const [{ port }] = await once(server, 'message')
  try {
    const before = descriptorsOf(server.pid)
    const contents = await storeObjects(client, bucket)
    const memory = []
    const onQuarter = async () => memory.push(await ask(server, 'memory'))
    const aborts = await abortLoad({ port, count, contents, onQuarter })
    await onQuarter()
    const replaced = await replaceLoad({ port, count, client, bucket })
    const after = await descriptorsLeft(server, before)
    return { aborts, replaced, memory, before, after }
  } finally {
    server.kill()
    client.destroy()
  }
}

const mib = (bytes) => `${Math.round(bytes / MIB)} MiB`

function brokenPromises({ aborts, replaced, memory, before, after }) {
  const [first, , , last] = memory.map(({ rss }) => rss)
  const promises = [
    [aborts.abortedByClient > aborts.requests / 5, 'a quarter of the clients disconnects'],
    [aborts.wrong.length === 0, `no wrong byte: ${aborts.wrong.slice(0, 5).join('; ')}`],
    [aborts.failed === 0, 'no response fails that the client waits for'],
    [last - first < MEMORY_NOISE, `memory is flat: ${mib(first)}, then ${mib(last)}`],
    [after.all <= before.all, `no descriptor is left: ${before.all}, then ${after.all}`],
    [
      replaced.mixed.length === 0,
      `no versions are mixed: ${replaced.mixed.slice(0, 5).join('; ')}`,
    ],
    [replaced.versions > 10, 'the object was replaced'],
    [replaced.whole > 0, 'there are downloads of a replaced object'],
  ]
  return promises.filter(([held]) => !held).map(([, promise]) => promise)
}

function table({ aborts, replaced, memory, before, after }) {
  const rows = [
    ['requests of all kinds', aborts.requests],
    ['… correct', aborts.correct],
    ['… aborted by the client', aborts.abortedByClient],
    ['… failed', aborts.failed],
    ['**… wrong**', aborts.wrong.length],
    ['memory after each quarter', memory.map(({ rss }) => mib(rss)).join(', ')],
    ['descriptors before and after', `${before.all}, ${after.all}`],
    ['sockets before and after', `${before.sockets}, ${after.sockets}`],
    ['downloads of an object that is replaced', replaced.requests],
    ['… versions of the object', replaced.versions],
    ['… of one version', replaced.whole],
    ['… 503', replaced.unavailable],
    ['… aborted', replaced.aborted],
    ['**… of several versions**', replaced.mixed.length],
  ]
  return ['| | |', '|---|--:|', ...rows.map(([title, cell]) => `| ${title} | ${cell} |`)].join('\n')
}

function writeTable(text) {
  const file = new URL('../docs/s3.md', import.meta.url)
  const document = readFileSync(file, 'utf8')
  const made = `Node.js ${process.version}, ${new Date().toISOString().slice(0, 10)}:`
  const place = /(<!-- soak -->)[\s\S]*(<!-- \/soak -->)/
  writeFileSync(file, document.replace(place, `$1\n\n${made}\n\n${text}\n\n$2`))
}

await withStore(async (environment) => {
  const result = await soak(environment)
  console.log(table(result))
  const broken = brokenPromises(result)
  for (const promise of broken) console.error(`Not held: ${promise}`)
  if (broken.length > 0) process.exitCode = 1
  else if (count === DEFAULT_COUNT) writeTable(table(result))
})
