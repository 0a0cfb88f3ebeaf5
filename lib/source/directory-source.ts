import { CacheValidator } from './cache/cache-validator.js'
import { type CacheLimits, FileCache } from './cache/file-cache.js'
import { CoalescedOpens } from './disk/coalesced-opens.js'
import { DiskSource, type SymlinkPolicy } from './disk/disk-source.js'
import type { Source } from './source.js'

/** The files below a directory, with small files cached unless `cache` is `false`. */
export function directorySource(
  directory: string,
  policy: { readonly symlinks: SymlinkPolicy; readonly cache: CacheLimits | false },
): Source {
  const { symlinks, cache } = policy
  const disk = new DiskSource(directory, symlinks)
  const files = new CoalescedOpens(disk)
  return cache === false ? files : new FileCache(files, new CacheValidator(disk), cache)
}
