import { type BigIntStats, close, constants, fstat, lstat, open, read, stat } from 'node:fs'
import { errnoOf } from '../../errors.js'
import type { OpenResult } from '../source.js'
import { Descriptor } from './descriptor.js'
import { DiskFile } from './disk-file.js'
import { sizeOfFile } from './file-size.js'

// Without O_NONBLOCK, opening a FIFO blocks a thread of the pool until another process writes to it: four
// such requests stop all file operations of the process. Windows has neither the flag nor FIFOs.
const READ_NONBLOCKING = constants.O_RDONLY | (constants.O_NONBLOCK ?? 0)
const NO_FOLLOW = constants.O_NOFOLLOW ?? 0

/**
 * The path of a file without symlinks, or `undefined` if the file may not be served. It is judged by its
 * descriptor; a directory that cannot be opened has none.
 */
export type AccessCheck = (
  descriptor: number | undefined,
  stats: BigIntStats,
) => Promise<string | undefined>

/** How a file is opened. */
export interface OpenOptions {
  readonly followSymlink: boolean
  readonly allowedPath?: AccessCheck | undefined
  /** The path to open, if it differs from the one that the file is known by. */
  readonly at?: string | undefined
}

/**
 * Opens a path if it is a regular file that `allowedPath` accepts. Everything is judged on the open
 * descriptor. Never rejects.
 */
export async function openRegularFile(
  path: string,
  { followSymlink, allowedPath, at = path }: OpenOptions,
): Promise<OpenResult<DiskFile>> {
  let descriptor: number
  try {
    descriptor = await openDescriptor(at, followSymlink)
  } catch (error) {
    if (errnoOf(error) === 'EISDIR') return { kind: 'directory' }
    if (errnoOf(error) === 'EACCES')
      return inspectUnreadable(at, error, { followSymlink, allowedPath }).catch(missingBecause)
    return missingBecause(error)
  }
  const result = await inspectDescriptor(path, descriptor, allowedPath).catch(missingBecause)
  if (result.kind !== 'file') close(descriptor, () => {})
  return result
}

function missingBecause(error: unknown): OpenResult<DiskFile> {
  return { kind: 'missing', error }
}

async function inspectDescriptor(
  path: string,
  descriptor: number,
  allowedPath: AccessCheck | undefined,
): Promise<OpenResult<DiskFile>> {
  const stats = await statDescriptor(descriptor)
  const directory = stats.isDirectory()
  if (!directory && !stats.isFile()) return { kind: 'missing' }
  const realPath = allowedPath === undefined ? path : await allowedPath(descriptor, stats)
  if (realPath === undefined) return { kind: 'missing' }
  if (directory) return { kind: 'directory' }
  const opened = {
    stat: () => statDescriptor(descriptor),
    hasContent: () => hasContent(descriptor),
  }
  const sized = await sizeOfFile(opened, stats)
  const file = new DiskFile(path, new Descriptor(descriptor), sized.stats, sized.size, realPath)
  return { kind: 'file', file }
}

/**
 * A directory that may be searched but not listed (mode 0711) cannot be opened, although its files can. It
 * is judged without a descriptor, since nothing is read from it.
 */
async function inspectUnreadable(
  path: string,
  error: unknown,
  {
    followSymlink,
    allowedPath,
  }: { readonly followSymlink: boolean; readonly allowedPath?: AccessCheck | undefined },
): Promise<OpenResult<DiskFile>> {
  const stats = await statPath(path, followSymlink)
  if (!stats?.isDirectory()) return { kind: 'missing', error }
  const allowed = allowedPath === undefined ? path : await allowedPath(undefined, stats)
  return allowed !== undefined ? { kind: 'directory' } : { kind: 'missing' }
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
  const call = followSymlink ? stat : lstat
  return new Promise((resolve) =>
    call(path, { bigint: true }, (error, stats) => resolve(error ? undefined : stats)),
  )
}

function hasContent(descriptor: number): Promise<boolean> {
  return new Promise((resolve, reject) =>
    read(descriptor, Buffer.allocUnsafe(1), 0, 1, 0, (error, bytesRead) =>
      error ? reject(error) : resolve(bytesRead > 0),
    ),
  )
}
