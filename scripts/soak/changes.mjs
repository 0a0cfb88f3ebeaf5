import { appendFileSync, renameSync, truncateSync, writeFileSync } from 'node:fs'
import { CHANGING, CHANGING_BYTES, CONSTANT, contentOf } from './content.mjs'

const EVERY_MS = 150

export function writeFiles(directory) {
  for (const [name, bytes] of Object.entries(CONSTANT)) {
    writeFileSync(`${directory}/${name}`, contentOf(name, 0, bytes))
  }
  for (const name of CHANGING) {
    writeFileSync(`${directory}/${name}`, contentOf(name, 0, CHANGING_BYTES))
  }
}

const rewriteWith = (more) => ({
  isNewVersion: true,
  apply: (path, name, version) =>
    writeFileSync(path, contentOf(name, version, CHANGING_BYTES + more)),
})

const changes = [
  rewriteWith(0),
  rewriteWith(800),
  { isNewVersion: false, apply: (path) => truncateSync(path, CHANGING_BYTES / 2) },
  {
    isNewVersion: true,
    apply: (path, name, version) => {
      writeFileSync(`${path}.new`, contentOf(name, version, CHANGING_BYTES))
      renameSync(`${path}.new`, path)
    },
  },
  {
    isNewVersion: false,
    apply: (path, name, version) => appendFileSync(path, contentOf(name, version, 800)),
  },
]

/** Changes the files one after the other, in every way in turn; returns what stops that. */
export function startChanging(directory) {
  const versions = new Map(CHANGING.map((name) => [name, 0]))
  let turn = 0
  const timer = setInterval(() => {
    const name = CHANGING[turn % CHANGING.length]
    const change = changes[Math.floor(turn / CHANGING.length) % changes.length]
    const version = (versions.get(name) ?? 0) + (change.isNewVersion ? 1 : 0)
    versions.set(name, version)
    change.apply(`${directory}/${name}`, name, version)
    turn++
  }, EVERY_MS)
  return () => {
    clearInterval(timer)
    return turn
  }
}
