// Runs the rows: right answers first, then interleaved rounds.
import { createHash } from 'node:crypto'
import { closeSync, ftruncateSync, openSync, readSync, utimesSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { fetchWhole, firstByte, median, stalledReaders, throughput } from './load.mjs'
import { files, serverOf } from './rows.mjs'

const MIB = 1024 * 1024
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))

/** Makes the files, long enough ago that nobody thinks them still changing. */
export function makeFiles(directory) {
  const longAgo = new Date('2024-02-29T12:34:56Z')
  for (const [name, size] of Object.entries(files)) {
    const path = join(directory, name)
    const descriptor = openSync(path, 'w')
    ftruncateSync(descriptor, size)
    // Bytes that differ from place to place, so that a wrong offset shows.
    const island = Buffer.alloc(Math.min(size, MIB))
    for (let start = 0; start < size; start += size > 64 * MIB ? 64 * MIB : MIB) {
      for (let at = 0; at < island.length; at += 4)
        island.writeUInt32LE((start + at) % 4294967291, at)
      writeSync(descriptor, island, 0, Math.min(island.length, size - start), start)
    }
    closeSync(descriptor)
    utimesSync(path, longAgo, longAgo)
  }
}

/** What the bytes of a row must hash to. */
export function expectedHash(directory, { file, start = 0, length }) {
  if (file === undefined) return undefined
  const descriptor = openSync(join(directory, file), 'r')
  const hash = createHash('sha256')
  const end = start + (length ?? files[file] - start)
  const block = Buffer.alloc(MIB)
  for (let position = start; position < end; ) {
    const read = readSync(descriptor, block, 0, Math.min(block.length, end - position), position)
    hash.update(block.subarray(0, read))
    position += read
  }
  closeSync(descriptor)
  return hash.digest('hex')
}

async function verify(name, server, path, headers, expect, sha256) {
  const answer = await fetchWhole(server, path, headers)
  if (answer.status !== expect.status) throw new Error(`responds with ${answer.status}`)
  if (expect.length !== undefined && answer.length !== expect.length) {
    throw new Error(`sends ${answer.length} bytes`)
  }
  const coding = answer.headers['content-encoding']
  if (expect.coding !== undefined && coding !== expect.coding(name)) {
    throw new Error(`sends the coding ${coding}`)
  }
  if (sha256 !== undefined && answer.sha256 !== sha256) throw new Error('sends other bytes')
}

/**
 * Who runs a row, in their order. Who is held against whom is measured close together: the machine is
 * another one a minute later.
 */
export function contendersOf(row, everyone) {
  const wanted = new Set([row.subject, ...row.targets.map(({ versus }) => versus)])
  const others = row.contenders.filter((name) => everyone && !wanted.has(name))
  return [...wanted, ...others]
}

/** Runs one row of throughput: `{ results, failures, targets }`. */
export async function runRow(row, servers, directory, { rounds, seconds, everyone }) {
  const names = contendersOf(row, everyone)
  const sha256 = expectedHash(directory, row.expect)
  const failures = new Map()
  const ready = []
  for (const name of names) {
    try {
      ready.push(await prepare(name, row, servers, sha256))
    } catch (error) {
      failures.set(name, error.message)
    }
  }
  const rows = ready.map((contender) => ({ ...contender, samples: [] }))
  // The first round warms up and is not counted.
  for (let round = 0; round <= rounds; round++) {
    for (const contender of rotated(rows, round)) {
      const { server, path, headers } = contender
      try {
        const sample = await throughput(server, path, {
          connections: row.connections,
          seconds,
          headers,
        })
        if (round > 0) contender.samples.push(sample)
      } catch (error) {
        failures.set(contender.name, error.message)
      }
    }
  }
  const results = new Map(
    rows.filter(({ name }) => !failures.has(name)).map(({ name, samples }) => [name, samples]),
  )
  return {
    row,
    results,
    failures,
    targets: row.targets.map((target) => judge(target, row, results)),
  }
}

/**
 * One result of several runs of a row, each with processes of its own. Two processes of the same code differ by
 * up to 5 %. A contender that failed in one run has failed.
 */
export function mergeRuns(row, runs) {
  const failures = new Map(runs.flatMap((run) => [...run.failures]))
  const names = [...runs[0].results.keys()].filter((name) => !failures.has(name))
  const results = new Map(
    names.map((name) => [name, runs.flatMap((run) => run.results.get(name) ?? [])]),
  )
  const targets = row.targets.map((target) => judge(target, row, results))
  return { row, results, failures, targets }
}

export async function prepare(name, row, servers, sha256) {
  const server = servers.get(serverOf(name))
  if (server instanceof Error) throw server
  const path = row.path(name)
  const headers = row.headers?.(await fetchWhole(server, '/1k.txt')) ?? {}
  await verify(name, server, path, headers, row.expect, sha256)
  return { name, server, path, headers }
}

/** The same order in no two rounds, so that nobody always follows the same. */
function rotated(list, by) {
  const shift = by % Math.max(list.length, 1)
  return [...list.slice(shift), ...list.slice(0, shift)]
}

/** The median of the rounds' ratios: what two servers did within seconds of each other. */
export function ratioOf(results, subject, versus, measure) {
  const [ours, theirs] = [results.get(subject), results.get(versus)]
  if (ours === undefined || theirs === undefined) return undefined
  return median(ours.map((sample, round) => sample[measure] / theirs[round][measure]))
}

function judge(target, row, results) {
  const ratio = ratioOf(results, row.subject, target.versus, target.measure)
  return { ...target, title: row.title, subject: row.subject, ratio, met: isMet(target, ratio) }
}

function isMet({ least, most }, value) {
  if (value === undefined) return undefined
  return (least === undefined || value >= least) && (most === undefined || value <= most)
}

/** Peak memory while 1 GiB is sent, in a fresh process each. */
export async function runPeakMemory(start, directory, names, seconds) {
  const grown = new Map()
  for (const name of names) {
    const server = await start(name, directory)
    try {
      for (let turn = 0; turn < 50; turn++) await fetchWhole(server, '/1k.txt')
      const idle = server.memory().now
      await throughput(server, '/1g.bin', { connections: 4, seconds })
      grown.set(name, server.memory().peak - idle)
    } finally {
      await server.stop()
    }
  }
  const most = 64 * MIB
  const ours = grown.get('ours')
  const target = {
    title: '1 GiB file, peak memory above idle',
    subject: 'ours',
    measure: 'memory',
    text: `≤ 64 MiB`,
    value: mebibytes(ours),
    met: ours <= most,
  }
  return { title: target.title, grown, targets: [target] }
}

/** Memory that readers who do not read hold, in a fresh process each. */
export async function runStalledReaders(start, directory, names, count) {
  const grown = new Map()
  for (const name of names) {
    const server = await start(name, directory)
    try {
      for (let turn = 0; turn < 50; turn++) await fetchWhole(server, '/1k.txt')
      const idle = server.memory().now
      const release = await stalledReaders(server, '/1g.bin', count)
      await pause(2000)
      grown.set(name, server.memory().now - idle)
      release()
    } finally {
      await server.stop()
    }
  }
  const [subject, versus] = names
  const ratio = grown.get(subject) / grown.get(versus)
  const target = {
    title: `${count} stalled readers of 1 GiB, memory`,
    subject,
    measure: 'memory',
    versus,
    most: 1,
    ratio,
    met: ratio <= 1,
  }
  return { title: target.title, grown, targets: [target] }
}

/** Time to the first byte of 1 GiB, one connection after the other. */
export async function runFirstByte(servers, names, { rounds, times }) {
  const taken = new Map(names.map((name) => [name, []]))
  if (names.some((name) => servers.get(name) instanceof Error))
    return { title: 'first byte', taken: new Map(), targets: [] }
  for (let round = 0; round <= rounds; round++) {
    for (const name of rotated(names, round)) {
      const sample = await firstByte(servers.get(name), '/1g.bin', times)
      if (round > 0) taken.get(name).push({ milliseconds: sample })
    }
  }
  const ratio = ratioOf(taken, 'ours', 'express.static', 'milliseconds')
  const target = {
    title: 'first byte of a 1 GiB file, time',
    subject: 'ours',
    measure: 'milliseconds',
    versus: 'express.static',
    most: 1,
    ratio,
    met: ratio <= 1,
  }
  return { title: target.title, taken, targets: [target] }
}

export function mebibytes(bytes) {
  return `${(bytes / MIB).toFixed(1)} MiB`
}
