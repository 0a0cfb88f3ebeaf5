import { type BigIntStats, close, constants, fstat, open, read } from 'node:fs'
import { errnoOf } from '../errors.js'
import { Descriptor } from './descriptor.js'
import { DiskFile } from './disk-file.js'
import type { Found } from './source.js'

// A FIFO without O_NONBLOCK holds a thread of the pool until somebody writes to it: four requests
// stop every file of the process. Windows has neither the flag nor FIFOs among its files.
const READ_WITHOUT_WAITING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0

/** Judges a file that is open, by its descriptor: may it be served? */
export type Admit = (descriptor: number, stats: BigIntStats) => Promise<boolean>

/** How a file is opened. */
export interface OpenOptions {
  readonly followLink: boolean
  readonly admit?: Admit | undefined
  /** Where to open it, if that is not the path by which it is known. */
  readonly at?: string | undefined
}

/**
 * Opens a path, if a regular file stands there that `admit` lets through. Everything is judged on
 * the descriptor. Never rejects.
 */
export async function openRegularFile(
  path: string,
  { followLink, admit, at = path }: OpenOptions,
): Promise<Found<DiskFile>> {
  let descriptor: number
  try {
    descriptor = await openDescriptor(at, followLink)
  } catch (error) {
    return errnoOf(error) === 'EISDIR' ? { kind: 'directory' } : { kind: 'nothing', error }
  }
  const found = await judge(path, descriptor, admit).catch(
    (error: unknown): Found<DiskFile> => ({ kind: 'nothing', error }),
  )
  if (found.kind !== 'file') close(descriptor, () => {})
  return found
}

async function judge(
  path: string,
  descriptor: number,
  admit: Admit | undefined,
): Promise<Found<DiskFile>> {
  const stats = await statDescriptor(descriptor)
  const directory = stats.isDirectory()
  if (!directory && !stats.isFile()) return { kind: 'nothing' }
  if (admit !== undefined && !(await admit(descriptor, stats))) return { kind: 'nothing' }
  if (directory) return { kind: 'directory' }
  const size = stats.size === 0n ? await sizeOfSizeless(descriptor) : Number(stats.size)
  return { kind: 'file', file: new DiskFile(path, new Descriptor(descriptor), stats, size) }
}

/** Files of `/proc` and `/sys` say that they are empty and are not. */
async function sizeOfSizeless(descriptor: number): Promise<number | undefined> {
  return (await readsAnything(descriptor)) ? undefined : 0
}

function openDescriptor(path: string, followLink: boolean): Promise<number> {
  const flags = followLink ? READ_WITHOUT_WAITING : READ_WITHOUT_WAITING | NO_FOLLOW
  return new Promise((resolve, reject) =>
    open(path, flags, (error, descriptor) => (error ? reject(error) : resolve(descriptor))),
  )
}

function statDescriptor(descriptor: number): Promise<BigIntStats> {
  return new Promise((resolve, reject) =>
    fstat(descriptor, { bigint: true }, (error, stats) => (error ? reject(error) : resolve(stats))),
  )
}

function readsAnything(descriptor: number): Promise<boolean> {
  return new Promise((resolve, reject) =>
    read(descriptor, Buffer.allocUnsafe(1), 0, 1, 0, (error, bytesRead) =>
      error ? reject(error) : resolve(bytesRead > 0),
    ),
  )
}
