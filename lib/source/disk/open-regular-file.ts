import { type BigIntStats, close, constants, fstat, lstat, open, read, stat } from 'node:fs'
import { errnoOf } from '../../errors.js'
import type { OpenResult } from '../source.js'
import { Descriptor } from './descriptor.js'
import { DiskFile } from './disk-file.js'
import { sizeOfFile } from './file-size.js'

// A FIFO without O_NONBLOCK holds a thread of the pool until somebody writes to it: four requests
// stop every file of the process. Windows has neither the flag nor FIFOs among its files.
const READ_NONBLOCKING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0

/** Judges a file that is open, by its descriptor, or a directory that cannot be: may it be served? */
export type AccessCheck = (descriptor: number | undefined, stats: BigIntStats) => Promise<boolean>

/** How a file is opened. */
export interface OpenOptions {
  readonly followLink: boolean
  readonly isAllowed?: AccessCheck | undefined
  /** Where to open it, if that is not the path by which it is known. */
  readonly at?: string | undefined
}

/**
 * Opens a path, if a regular file stands there that `admit` lets through. Everything is judged on
 * the descriptor. Never rejects.
 */
export async function openRegularFile(
  path: string,
  { followLink, isAllowed: admit, at = path }: OpenOptions,
): Promise<OpenResult<DiskFile>> {
  let descriptor: number
  try {
    descriptor = await openDescriptor(at, followLink)
  } catch (error) {
    if (errnoOf(error) === 'EISDIR') return { kind: 'directory' }
    if (errnoOf(error) === 'EACCES') return inspectUnreadable(at, error, { followLink, admit })
    return { kind: 'missing', error }
  }
  const found = await inspectDescriptor(path, descriptor, admit).catch(
    (error: unknown): OpenResult<DiskFile> => ({ kind: 'missing', error }),
  )
  if (found.kind !== 'file') close(descriptor, () => {})
  return found
}

async function inspectDescriptor(
  path: string,
  descriptor: number,
  admit: AccessCheck | undefined,
): Promise<OpenResult<DiskFile>> {
  const stats = await statDescriptor(descriptor)
  const directory = stats.isDirectory()
  if (!directory && !stats.isFile()) return { kind: 'missing' }
  if (admit !== undefined && !(await admit(descriptor, stats))) return { kind: 'missing' }
  if (directory) return { kind: 'directory' }
  const size = await sizeOfFile(stats, () => readsAnything(descriptor))
  return { kind: 'file', file: new DiskFile(path, new Descriptor(descriptor), stats, size) }
}

/**
 * A directory that may be searched but not listed (mode 0711) cannot be opened, and its files can. It has
 * no descriptor to be judged by, and nothing is read from it.
 */
async function inspectUnreadable(
  path: string,
  error: unknown,
  { followLink, admit }: { readonly followLink: boolean; readonly admit?: AccessCheck | undefined },
): Promise<OpenResult<DiskFile>> {
  const stats = await statPath(path, followLink)
  if (!stats?.isDirectory()) return { kind: 'missing', error }
  const admitted = admit === undefined || (await admit(undefined, stats))
  return admitted ? { kind: 'directory' } : { kind: 'missing' }
}

function openDescriptor(path: string, followLink: boolean): Promise<number> {
  const flags = followLink ? READ_NONBLOCKING : READ_NONBLOCKING | NO_FOLLOW
  return new Promise((resolve, reject) =>
    open(path, flags, (error, descriptor) => (error ? reject(error) : resolve(descriptor))),
  )
}

function statDescriptor(descriptor: number): Promise<BigIntStats> {
  return new Promise((resolve, reject) =>
    fstat(descriptor, { bigint: true }, (error, stats) => (error ? reject(error) : resolve(stats))),
  )
}

function statPath(path: string, followLink: boolean): Promise<BigIntStats | undefined> {
  const ask = followLink ? stat : lstat
  return new Promise((resolve) =>
    ask(path, { bigint: true }, (error, stats) => resolve(error ? undefined : stats)),
  )
}

function readsAnything(descriptor: number): Promise<boolean> {
  return new Promise((resolve, reject) =>
    read(descriptor, Buffer.allocUnsafe(1), 0, 1, 0, (error, bytesRead) =>
      error ? reject(error) : resolve(bytesRead > 0),
    ),
  )
}
