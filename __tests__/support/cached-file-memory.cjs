// Prints the bytes that keeping 2,000 files of one byte takes, on the heap and outside, and how many are
// counted for it. Run with `--expose-gc` and the path of an empty directory.
require('./require-typescript.cjs')
const { writeFileSync } = require('node:fs')
const { join } = require('node:path')
const { DiskSource } = require('../../lib/source/disk/disk-source.ts')
const { FileCache } = require('../../lib/source/cache/file-cache.ts')
const { ByteLimitedLru } = require('../../lib/source/cache/byte-limited-lru.ts')
const { CoalescedOpens } = require('../../lib/source/disk/coalesced-opens.ts')
const { CacheValidator } = require('../../lib/source/cache/cache-validator.ts')

const FILES = 2000
const directory = process.argv[2]
const names = Array.from({ length: FILES }, (_, place) => `a-file-of-one-byte-${place}.txt`)
for (const name of names) writeFileSync(join(directory, name), 'x')

// What changed in the last two seconds is not kept.
const { now } = Date
Date.now = () => now() + 3000

let kept
const { set } = ByteLimitedLru.prototype
ByteLimitedLru.prototype.set = function setAndTell(...parameters) {
  kept = this
  return Reflect.apply(set, this, parameters)
}

/** All files in memory; the source must be held to hold them. */
async function fill() {
  const disk = new DiskSource(directory, 'inside')
  const limits = { maxBytes: 1e9, maxFileBytes: 1e6 }
  const files = new FileCache(new CoalescedOpens(disk), new CacheValidator(disk), limits)
  for (const name of names) {
    const found = await files.open(name)
    if (found.kind !== 'file') throw new Error(`${name}: ${found.kind}`)
    found.file.close()
  }
  return files
}

async function bytesInUse() {
  for (let turn = 0; turn < 5; turn++) {
    globalThis.gc?.()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  const { heapUsed, external } = process.memoryUsage()
  return heapUsed + external
}

async function measure() {
  // Once before, so that what every process has once does not count.
  await fill()
  kept = undefined
  const before = await bytesInUse()
  const files = await fill()
  const taken = (await bytesInUse()) - before
  process.stdout.write(JSON.stringify({ taken, counted: kept.bytes }))
  await files.open('no-such-file')
}

void measure()
