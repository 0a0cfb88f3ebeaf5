import { CacheValidator } from './cache/cache-validator.js'
import { type CacheLimits, FileCache } from './cache/file-cache.js'
import { CoalescedOpens } from './disk/coalesced-opens.js'
import type { DiskSource } from './disk/disk-source.js'
import type { FileSource } from './source.js'

/** The files below a directory, with small files cached unless `cache` is `false`. */
export function directorySource(disk: DiskSource, cache: CacheLimits | false): FileSource {
  const files = new CoalescedOpens(disk)
  return cache === false ? files : new FileCache(files, new CacheValidator(disk), cache)
}
