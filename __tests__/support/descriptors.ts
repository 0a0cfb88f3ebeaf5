import { readdirSync, readlinkSync } from 'node:fs'
import { sep } from 'node:path'

/** The files below a directory that this process has open; none where the system does not tell. */
export function openFilesBelow(directory: string): string[] {
  if (process.platform !== 'linux') return []
  return readdirSync('/proc/self/fd')
    .map(fileOf)
    .filter((file) => file.startsWith(directory + sep))
}

function fileOf(descriptor: string): string {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`)
  } catch {
    // The descriptor that the directory was read with.
    return ''
  }
}
