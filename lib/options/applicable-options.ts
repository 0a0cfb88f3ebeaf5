import type { StreamBody } from '../body/classify-body.js'
import type { Transform } from '../body/transform-reader.js'
import type { FileReference } from '../source/custom/source-contract.js'
import type { FileHandle } from '../source/disk/handle-file.js'
import type { RouteOptions, StreamFilesOptions } from './option-types.js'
import type { FILE_OPTIONS, PATH_OPTIONS } from './stream-response-options.js'

// The compiler reports an option that a body does not have as "does not exist in type", with these names.

type PathOptionName = (typeof PATH_OPTIONS)[number]

/** What excludes another option, and is therefore declared by each interface. */
type ExclusiveOptionName =
  | 'contentLength'
  | 'digest'
  | 'end'
  | 'follow'
  | 'followIdle'
  | 'transform'

type FileOptionName = Exclude<(typeof FILE_OPTIONS)[number], ExclusiveOptionName>

interface BodyOptions
  extends Omit<RouteOptions, PathOptionName | FileOptionName | ExclusiveOptionName> {}

interface PathOptions extends Pick<RouteOptions, PathOptionName> {}

// An option that is declared again has the documentation of the interface that is extended.

interface FileBodyOptions
  extends BodyOptions,
    Pick<RouteOptions, FileOptionName | 'contentLength' | 'follow'> {}

interface WholeFileOptions extends FileBodyOptions, Pick<RouteOptions, 'end'> {
  readonly follow?: false | null | undefined
}

interface PlainFileOptions extends WholeFileOptions {
  readonly contentLength?: boolean | 'auto' | null | undefined
}

interface DigestedFileOptions extends WholeFileOptions, Pick<RouteOptions, 'digest' | 'transform'> {
  readonly contentLength?: false | 'auto' | null | undefined
}

interface TransformedFileOptions extends WholeFileOptions, Pick<RouteOptions, 'transform'> {
  readonly transform: Transform
  readonly contentLength?: false | 'auto' | number | null | undefined
}

interface FollowedFileOptions extends FileBodyOptions, Pick<RouteOptions, 'followIdle'> {
  readonly follow: boolean
  readonly contentLength?: false | 'auto' | null | undefined
}

interface ReferenceOptions extends Pick<RouteOptions, 'dotfiles'> {}

type UnfollowedFileOptions = PlainFileOptions | DigestedFileOptions | TransformedFileOptions

type AnyFileOptions = UnfollowedFileOptions | FollowedFileOptions

interface BytesOptions extends BodyOptions, Pick<RouteOptions, 'contentLength' | 'digest'> {}

interface BlobOptions extends BodyOptions, Pick<RouteOptions, 'contentLength'> {}

interface StreamOptions extends BodyOptions, Pick<RouteOptions, 'contentLength'> {
  readonly contentLength?: false | 'auto' | number | null | undefined
}

interface DigestedStreamOptions
  extends BodyOptions,
    Pick<RouteOptions, 'contentLength' | 'digest'> {
  readonly contentLength?: false | 'auto' | null | undefined
}

/** The options of one kind of body. A combination that `streamResponse` rejects does not compile. */
export type ApplicableOptions<Body extends StreamBody> = Body extends string | URL
  ? AnyFileOptions & PathOptions
  : Body extends FileHandle
    ? AnyFileOptions
    : Body extends FileReference
      ? UnfollowedFileOptions & ReferenceOptions
      : Body extends ArrayBufferView | ArrayBufferLike
        ? BytesOptions
        : Body extends Blob
          ? BlobOptions | DigestedStreamOptions
          : StreamOptions | DigestedStreamOptions

interface FilesOptions
  extends Omit<StreamFilesOptions, 'contentLength' | 'precompressed' | 'transform'> {}

interface PlainFilesOptions
  extends FilesOptions,
    Pick<StreamFilesOptions, 'contentLength' | 'precompressed'> {}

interface TransformedFilesOptions
  extends FilesOptions,
    Pick<StreamFilesOptions, 'contentLength' | 'precompressed' | 'transform'> {
  readonly transform: Transform
  readonly precompressed?: false | null | undefined
  readonly contentLength?: false | 'auto' | null | undefined
}

/** The options of `streamFiles`, whose combinations that it rejects do not compile. */
export type ApplicableFilesOptions = PlainFilesOptions | TransformedFilesOptions
