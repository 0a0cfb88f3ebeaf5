// node bench/slow-disk/run.mjs [rounds]: how long the event loop is delayed while a file is sent that is not in
// the page cache, from a disk that is limited to 20 MiB/s. Linux, as root: the limit is a cgroup's (v1 or v2).
// The build must be there (npm run build). Fails if sendfile delays the event loop more than twice as long.
import { execFileSync, fork } from 'node:child_process'
import { once } from 'node:events'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { fetchWhole, median } from '../load.mjs'

const MIB = 1024 * 1024
const BYTES_PER_SECOND = 20 * MIB
const FILE = 40 * MIB
const MODES = ['{}', '{"sendfile":true}']

const rounds = Number(process.argv[2] ?? 5)
const directory = mkdtempSync(join(tmpdir(), 'slow-disk-'))
const file = join(directory, 'large.bin')
const cgroup = limitedCgroup()
const servers = new Map()

try {
  writeFileSync(file, Buffer.alloc(FILE, 'slow '))
  execFileSync('touch', ['-d', '2024-02-29', file])
  for (const mode of MODES) servers.set(mode, await start(mode))
  /** @type {Map<string, any[]>} */
  const results = new Map(MODES.map((mode) => [mode, []]))
  for (let round = 0; round < rounds; round++) {
    for (const [mode, samples] of results) samples.push(await measure(servers.get(mode)))
  }
  report(results)
} finally {
  for (const { child } of servers.values()) {
    child.kill()
    await once(child, 'exit')
  }
  rmdirSync(cgroup)
  rmSync(directory, { recursive: true })
}

/** A cgroup whose members read at most so many bytes per second from the disk of the file. */
function limitedCgroup() {
  const { dev } = statSync(directory)
  const device = `${(dev >> 8) & 0xfff}:${(dev & 0xff) | ((dev >> 12) & 0xfff00)}`
  const isV1 = existsSync('/sys/fs/cgroup/blkio')
  const path = isV1 ? '/sys/fs/cgroup/blkio/slow-disk' : '/sys/fs/cgroup/slow-disk'
  if (!isV1) writeFileSync('/sys/fs/cgroup/cgroup.subtree_control', '+io')
  mkdirSync(path, { recursive: true })
  if (isV1) {
    writeFileSync(join(path, 'blkio.throttle.read_bps_device'), `${device} ${BYTES_PER_SECOND}`)
  } else {
    writeFileSync(join(path, 'io.max'), `${device} rbps=${BYTES_PER_SECOND}`)
  }
  return path
}

async function start(mode) {
  const child = fork(fileURLToPath(new URL('server.mjs', import.meta.url)), [directory, mode])
  const [{ port }] = await once(child, 'message')
  writeFileSync(join(cgroup, 'cgroup.procs'), String(child.pid))
  return { child, url: `http://127.0.0.1:${port}` }
}

async function measure({ child, url }) {
  dropFromPageCache()
  await ask(child, 'start')
  const { length } = await fetchWhole({ url }, '/large.bin')
  if (length !== FILE) throw new Error(`${length} bytes came`)
  return ask(child, 'stop')
}

async function ask(child, question) {
  const answered = once(child, 'message')
  child.send(question)
  return (await answered)[0]
}

function dropFromPageCache() {
  const flags = ['oflag=nocache', 'conv=notrunc,fdatasync', 'count=0', 'status=none']
  execFileSync('dd', [`of=${file}`, ...flags])
}

function report(results) {
  console.log('| options | delay, median | delay, p99 | longest delay |\n|---|--:|--:|--:|')
  const medians = new Map()
  for (const [mode, samples] of results) {
    const [p50, p99, max] = ['p50', 'p99', 'max'].map((key) =>
      median(samples.map((one) => one[key])),
    )
    medians.set(mode, p99)
    console.log(`| ${mode} | ${[p50, p99, max].map((ms) => `${ms.toFixed(1)} ms`).join(' | ')} |`)
  }
  const [without, withSendfile] = MODES.map((mode) => medians.get(mode))
  console.log(`p99 with sendfile: ${(withSendfile / without).toFixed(2)} × without`)
  process.exitCode = withSendfile <= 2 * without ? 0 : 1
}
