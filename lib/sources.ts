import { directoryPath } from './options/file-path.js'
import { fileRules } from './options/file-rules.js'
import { type FilesRoot, sourceOfRoot } from './options/files-root.js'
import { describeValue, resolveOptions } from './options/option-rules.js'
import type { DiskSourceOptions } from './options/option-types.js'
import { DirectoryFiles, FirstFoundFiles } from './source/built-in-source.js'
import type { NamedFiles } from './source/custom/source-contract.js'
import {
  isMemoryFiles,
  type MemoryFiles,
  MemorySource,
  memoryEntries,
} from './source/memory/memory-source.js'

/**
 * The files below a directory, as a source. `streamFiles(diskSource(root))` serves them as `streamFiles(root)` does,
 * but without its options `symlinks`, which this function has, and `offload`.
 *
 * @param root the directory: a path, relative to the working directory, or a `file:` URL
 * @param options which symlinks are followed
 * @returns a source for `streamFiles`, whose `file(name)` is a body for `streamResponse`
 * @throws TypeError if an argument is invalid
 * @example
 * ```ts
 * const invoices = diskSource('/data/invoices', { symlinks: 'deny' })
 * app.get('/invoices/:id', (req, res) => streamResponse(res, invoices.file(`${req.params.id}.pdf`)))
 * ```
 */
export function diskSource(root: string | URL, options?: DiskSourceOptions | null): NamedFiles {
  const { symlinks } = resolveOptions('diskSource', { symlinks: fileRules.symlinks }, options)
  const directory = directoryPath(root)
  if (directory !== undefined) return new DirectoryFiles(directory, symlinks)
  throw new TypeError(
    `diskSource: root must be the path or file: URL of a directory, not ${describeValue(root)}`,
  )
}

/**
 * Files whose content is in memory, as a source. A name is looked up for every request, so files may be added,
 * replaced and deleted at any time. Content must be replaced, and not modified in place.
 *
 * @param files a `Map` or an object: names without a leading slash, and their content as bytes or text
 * @returns a source for `streamFiles`, whose `file(name)` is a body for `streamResponse`
 * @throws TypeError if `files` is neither, or a file in it has a leading slash or content of another type
 * @example
 * ```ts
 * app.use(streamFiles(memorySource({ 'robots.txt': 'User-agent: *\nDisallow:\n' })))
 * ```
 */
export function memorySource(files: MemoryFiles): NamedFiles {
  if (!isMemoryFiles(files)) {
    throw new TypeError(
      `memorySource: files must be a Map or an object of names and their content, not ${describeValue(files)}`,
    )
  }
  for (const [name, content] of memoryEntries(files)) checkMemoryFile(name, content)
  return new MemorySource(files)
}

/** @throws TypeError for a name that no request has, and for content that cannot be sent */
function checkMemoryFile(name: unknown, content: unknown): void {
  if (typeof name !== 'string' || name.startsWith('/')) {
    throw new TypeError(
      `memorySource: a name must be a string without a leading slash, not ${describeValue(name)}`,
    )
  }
  if (typeof content === 'string' || content instanceof Uint8Array) return
  throw new TypeError(
    `memorySource: the content of ${describeValue(name)} must be a string or a Uint8Array, not ${describeValue(content)}`,
  )
}

/**
 * Several sources as one: each name comes from the first that has a file there.
 *
 * @param sources sources, and paths or `file:` URLs of directories
 * @returns a source for `streamFiles`, whose `file(name)` is a body for `streamResponse`
 * @throws TypeError if there is none, or one is invalid
 * @example
 * ```ts
 * app.use(streamFiles(firstOf('build', s3Source({ client, bucket, prefix: 'site/' }))))
 * ```
 */
export function firstOf(...sources: readonly FilesRoot[]): NamedFiles {
  if (sources.length === 0) throw new TypeError('firstOf: at least one source is required')
  return new FirstFoundFiles(sources.map((source) => sourceOfRoot('firstOf', source, 'inside')))
}
