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

// A folder cannot be renamed over: there are moments with nothing in its place.
const SWAP_FOLDER = `
  const { renameSync, symlinkSync, rmSync } = require('node:fs')
  const round = ({ place, target }) => {
    symlinkSync(target, place + '.link')
    renameSync(place, place + '.folder')
    renameSync(place + '.link', place)
    renameSync(place, place + '.link')
    renameSync(place + '.folder', place)
    rmSync(place + '.link')
  }`

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

/** A thread that puts a link to `target` in the place of a file or folder, and back, without pause. */
export function startSwapping(
  kind: 'file' | 'folder',
  place: string,
  target: string,
  content = '',
): Swapper {
  const stop = new Int32Array(new SharedArrayBuffer(4))
  const rounds = new Int32Array(new SharedArrayBuffer(4))
  const code = `${kind === 'file' ? SWAP_FILE : SWAP_FOLDER}\n${LOOP}`
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
