import { Worker } from 'node:worker_threads'

// Each round ends as it began. Every swap is one rename, so that there is always something to open.
const SWAP_FILE = `
  const { renameSync, symlinkSync, writeFileSync } = require('node:fs')
  const round = ({ place, target, content }) => {
    symlinkSync(target, place + '.new')
    renameSync(place + '.new', place)
    writeFileSync(place + '.new', content)
    renameSync(place + '.new', place)
  }`

// A directory cannot be renamed over: there are moments with nothing in its place.
const SWAP_FOLDER = `
  const { renameSync, symlinkSync, rmSync } = require('node:fs')
  const round = ({ place, target }) => {
    symlinkSync(target, place + '.link')
    renameSync(place, place + '.directory')
    renameSync(place + '.link', place)
    renameSync(place, place + '.link')
    renameSync(place + '.directory', place)
    rmSync(place + '.link')
  }`

// As atomic deployments do it: the link always leads to one of the two.
const REPOINT = `
  const { renameSync, symlinkSync } = require('node:fs')
  const point = (place, target) => {
    symlinkSync(target, place + '.new')
    renameSync(place + '.new', place)
  }
  const round = ({ place, target, content }) => {
    point(place, target)
    point(place, content)
  }`

const CODE = { file: SWAP_FILE, directory: SWAP_FOLDER, link: REPOINT }

const LOOP = `
  const { workerData } = require('node:worker_threads')
  const { stop, rounds } = workerData
  while (Atomics.load(stop, 0) === 0) {
    round(workerData)
    Atomics.add(rounds, 0, 1)
  }`

export interface Swapper {
  /** How often it has swapped to the link and back. */
  rounds(): number
  stop(): Promise<void>
}

/**
 * A thread that puts a link to `target` in the place of a file or directory, and back, without pause. The
 * `content` is the file's, or what a link led to before.
 */
export function startSwapping(
  kind: keyof typeof CODE,
  place: string,
  target: string,
  content = '',
): Swapper {
  const stop = new Int32Array(new SharedArrayBuffer(4))
  const rounds = new Int32Array(new SharedArrayBuffer(4))
  const code = `${CODE[kind]}\n${LOOP}`
  const worker = new Worker(code, {
    eval: true,
    workerData: { place, target, content, stop, rounds },
  })
  const ended = new Promise<void>((resolve, reject) => {
    worker.once('exit', () => resolve())
    worker.once('error', reject)
  })
  return {
    rounds: () => Atomics.load(rounds, 0),
    stop() {
      Atomics.store(stop, 0, 1)
      return ended
    },
  }
}
