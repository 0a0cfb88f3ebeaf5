export type {
  CacheOptions,
  EtagOf,
  FileInfo,
  OnOutcome,
  ReadChunksOptions,
  SetHeaders,
  StreamFilesOptions,
  StreamResponseOptions,
  Transform,
} from './options/options.js'
export type { Outcome, StreamError } from './outcome.js'
export type { DotfilePolicy } from './path/dotfiles.js'
export { readChunks } from './read-chunks.js'
export type { MadeBody, StreamBody } from './source/body.js'
export type { BodyContext, BodyFunction } from './source/body-function.js'
export type { BodyItem } from './source/byte-items.js'
export type { SymlinkPolicy } from './source/disk.js'
export { type StreamFilesHandler, streamFiles } from './stream-files.js'
export { streamResponse } from './stream-response.js'
export type { DigestAlgorithm } from './wire/readers/digested.js'
export type { OnProgress, Progress } from './wire/readers/progress.js'
