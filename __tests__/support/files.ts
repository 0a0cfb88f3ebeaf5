import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const LONG_AGO = new Date('2024-02-29T12:34:56.789Z')

/** A new directory with the given files in it, dated to 2024 so that nothing about them is young. */
export function directoryOf(files: Readonly<Record<string, string | Uint8Array>>): string {
  const directory = realpathSync(mkdtempSync(join(tmpdir(), 'stream-files-')))
  for (const [name, content] of Object.entries(files)) {
    const path = join(directory, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content)
    age(path)
  }
  made.push(directory)
  return directory
}

/** Dates a file back, by default to 29 February 2024, 12:34:56.789 UTC. */
export function age(path: string, to: Date = LONG_AGO): void {
  utimesSync(path, to, to)
}

const made: string[] = []

/** Removes every directory that `directoryOf` made: for `afterAll`. */
export function removeDirectories(): void {
  for (const directory of made.splice(0)) rmSync(directory, { recursive: true, force: true })
}

/** Bytes that differ from place to place, so that a wrong offset shows. */
export function patternOf(length: number): Buffer {
  const bytes = Buffer.alloc(length)
  for (let place = 0; place < length; place++) bytes[place] = (place * 31 + (place >> 8) * 7) & 255
  return bytes
}

/** How many descriptors the process has on files; `undefined` where the system does not tell. */
export function openDescriptors(): number | undefined {
  return process.platform === 'linux' ? readdirSync('/proc/self/fd').length : undefined
}
