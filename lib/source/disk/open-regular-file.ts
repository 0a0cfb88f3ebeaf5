import { type BigIntStats, close, constants, fstat, lstat, open, read, stat } from 'node:fs'
import { errnoOf } from '../../errors.js'
import type { OpenResult } from '../source.js'
import { Descriptor } from './descriptor.js'
import { DiskFile } from './disk-file.js'
import { sizeOfFile } from './file-size.js'

// Opening a FIFO without O_NONBLOCK blocks a thread of libuv's pool until a process writes to it, so four
// requests block all file access of the process. Windows has neither the flag nor FIFOs in its file system.
const READ_NONBLOCKING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0

/** Whether an open file may be served. A directory that cannot be opened has no descriptor. */
export type AccessCheck = (descriptor: number | undefined, stats: BigIntStats) => Promise<boolean>

export interface OpenOptions {
  /** Whether to follow a symlink at the end of the path. */
  readonly followSymlink: boolean
  readonly isAllowed?: AccessCheck | undefined
  /** The path to open, if it differs from the path that the file is known by. */
  readonly openAt?: string | undefined
}

/**
 * Opens a path if it is a regular file that `isAllowed` accepts. Everything is checked on the open
 * descriptor. Never rejects.
 */
export async function openRegularFile(
  path: string,
  { followSymlink, isAllowed, openAt = path }: OpenOptions,
): Promise<OpenResult<DiskFile>> {
  let descriptor: number
  try {
    descriptor = await openDescriptor(openAt, followSymlink)
  } catch (error) {
    if (errnoOf(error) === 'EISDIR') return { kind: 'directory' }
    if (errnoOf(error) === 'EACCES')
      return inspectUnreadable(openAt, error, { followSymlink, isAllowed })
    return { kind: 'missing', error }
  }
  const result = await inspectDescriptor(path, descriptor, isAllowed).catch(
    (error: unknown): OpenResult<DiskFile> => ({ kind: 'missing', error }),
  )
  if (result.kind !== 'file') close(descriptor, () => {})
  return result
}

async function inspectDescriptor(
  path: string,
  descriptor: number,
  isAllowed: AccessCheck | undefined,
): Promise<OpenResult<DiskFile>> {
  const stats = await statDescriptor(descriptor)
  const isDirectory = stats.isDirectory()
  if (!isDirectory && !stats.isFile()) return { kind: 'missing' }
  if (isAllowed !== undefined && !(await isAllowed(descriptor, stats))) return { kind: 'missing' }
  if (isDirectory) return { kind: 'directory' }
  const size = await sizeOfFile(stats, () => hasContent(descriptor))
  return { kind: 'file', file: new DiskFile(path, new Descriptor(descriptor), stats, size) }
}

/**
 * A directory with search but no read permission (mode 0711) cannot be opened, although the files in it
 * can. It is checked without a descriptor, because nothing is read from it.
 */
async function inspectUnreadable(
  path: string,
  error: unknown,
  { followSymlink, isAllowed }: OpenOptions,
): Promise<OpenResult<DiskFile>> {
  const stats = await statPath(path, followSymlink)
  if (!stats?.isDirectory()) return { kind: 'missing', error }
  const allowed = isAllowed === undefined || (await isAllowed(undefined, stats))
  return allowed ? { kind: 'directory' } : { kind: 'missing' }
}

function openDescriptor(path: string, followSymlink: boolean): Promise<number> {
  const flags = followSymlink ? READ_NONBLOCKING : READ_NONBLOCKING | NO_FOLLOW
  return new Promise((resolve, reject) =>
    open(path, flags, (error, descriptor) => (error ? reject(error) : resolve(descriptor))),
  )
}

function statDescriptor(descriptor: number): Promise<BigIntStats> {
  return new Promise((resolve, reject) =>
    fstat(descriptor, { bigint: true }, (error, stats) => (error ? reject(error) : resolve(stats))),
  )
}

function statPath(path: string, followSymlink: boolean): Promise<BigIntStats | undefined> {
  const statOrLstat = followSymlink ? stat : lstat
  return new Promise((resolve) =>
    statOrLstat(path, { bigint: true }, (error, stats) => resolve(error ? undefined : stats)),
  )
}

function hasContent(descriptor: number): Promise<boolean> {
  return new Promise((resolve, reject) =>
    read(descriptor, Buffer.allocUnsafe(1), 0, 1, 0, (error, bytesRead) =>
      error ? reject(error) : resolve(bytesRead > 0),
    ),
  )
}
