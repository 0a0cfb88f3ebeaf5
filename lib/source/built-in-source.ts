import { statusOf } from '../errors.js'
import { staysBelowRoot } from '../path/confined-name.js'
import type { CacheLimits } from './cache/file-cache.js'
import { MissingNames } from './cache/missing-names.js'
import { CustomSource } from './custom/custom-source.js'
import { sourceFileOf } from './custom/open-file-view.js'
import type {
  FileReference,
  NamedFiles,
  OpenContext,
  Source,
  SourceFile,
} from './custom/source-contract.js'
import { directorySource } from './directory-source.js'
import { DiskSource, type SymlinkPolicy } from './disk/disk-source.js'
import { FirstFoundSource } from './first-found-source.js'
import { NegotiatedSource } from './negotiated-source.js'
import type { FileSource } from './source.js'

/** A source of this package, which needs no adapter. */
abstract class BuiltInSource implements NamedFiles {
  #uncached: FileSource | undefined

  /** Its files by the contract of this layer. */
  abstract files(cache: CacheLimits | false): FileSource

  /** The same without a cache. */
  get uncached(): FileSource {
    this.#uncached ??= this.files(false)
    return this.#uncached
  }

  file(name: string): FileReference {
    return { source: this, name }
  }

  /** Called by a source of the application, which may make the name of what a client sent. */
  async open(name: string, context: OpenContext): Promise<SourceFile | undefined> {
    if (!staysBelowRoot(name)) return undefined
    const result = await this.uncached.open(name, context)
    if (result.kind === 'file') return sourceFileOf(result.file)
    if (result.kind === 'missing' && result.error !== undefined && statusOf(result.error) !== 404) {
      throw result.error
    }
    return undefined
  }
}

/** The files below a directory. */
export class DirectoryFiles extends BuiltInSource {
  readonly #disk: DiskSource

  constructor(root: string, symlinks: SymlinkPolicy) {
    super()
    this.#disk = new DiskSource(root, symlinks)
  }

  /** An absolute path. */
  get root(): string {
    return this.#disk.root
  }

  files(cache: CacheLimits | false): FileSource {
    return directorySource(this.#disk, cache)
  }
}

/** The files of several sources: each name from the first source that has it. */
export class FirstFoundFiles extends BuiltInSource {
  readonly sources: readonly Source[]

  constructor(sources: readonly Source[]) {
    super()
    this.sources = sources
  }

  files(cache: CacheLimits | false, precompressed = false): FileSource {
    const sources = this.sources.map((source) => fileSourceOf(source, cache, precompressed))
    return new FirstFoundSource(sources)
  }
}

/** A source itself, or the sources that `firstOf` was given. */
export function partsOf(source: Source): readonly Source[] {
  return source instanceof FirstFoundFiles ? source.sources.flatMap(partsOf) : [source]
}

/**
 * The files of a source by the contract of this layer; files of the disk may be cached.
 *
 * @param precompressed whether the content coding is negotiated: a sibling comes from the source of its original
 */
export function fileSourceOf(
  source: Source,
  cache: CacheLimits | false,
  precompressed = false,
): FileSource {
  if (source instanceof FirstFoundFiles) return source.files(cache, precompressed)
  const files = plainSourceOf(source, cache)
  if (!precompressed) return files
  const isCached = source instanceof DirectoryFiles && cache !== false
  return new NegotiatedSource(files, isCached ? new MissingNames(files, source.root) : files)
}

function plainSourceOf(source: Source, cache: CacheLimits | false): FileSource {
  if (!(source instanceof BuiltInSource)) return new CustomSource(source)
  return cache === false ? source.uncached : source.files(cache)
}
