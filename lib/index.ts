export { beforeExpress } from './before-express.js'
export type { BodyChunk } from './body/body-chunk.js'
export type { BodyContext, BodyFunction } from './body/body-function.js'
export type { BodyValue, StreamBody } from './body/classify-body.js'
export type { DigestAlgorithm } from './body/decorators/digest-reader.js'
export type { OnProgress, Progress } from './body/decorators/progress-reader.js'
export type { EventsContext, EventsFunction, EventValues } from './body/event-body.js'
export type { ServerSentEvent } from './body/event-encoder.js'
export type { JsonValues, JsonValuesFunction } from './body/json-body.js'
export type { Transform } from './body/transform-reader.js'
export type { CacheControlFunction } from './http/cache-control.js'
export type { EtagFunction, FileInfo } from './http/describe.js'
export type { FilesRoot } from './options/files-root.js'
export type { OffloadOptions } from './options/offload-rule.js'
export type {
  CacheOptions,
  DiskSourceOptions,
  ReadChunksOptions,
  StreamEventsOptions,
  StreamFilesOptions,
  StreamJsonOptions,
  StreamResponseOptions,
} from './options/option-types.js'
export type { DotfilePolicy } from './path/dotfiles.js'
export { readChunks } from './read-chunks.js'
export type { SetHeaders } from './response/file-response-settings.js'
export type { NextFunction } from './response/next-function.js'
export type { Outcome, StreamError } from './response/outcome.js'
export type { RequestLike } from './response/request-like.js'
export type { OnOutcome } from './response/response-events.js'
export type { ResponseLike } from './response/response-like.js'
export type {
  ChunksOptions,
  FileReference,
  NamedFiles,
  OpenContext,
  RequestConditions,
  Source,
  SourceFile,
} from './source/custom/source-contract.js'
export type { SymlinkPolicy } from './source/disk/disk-source.js'
export type { MemoryFiles } from './source/memory/memory-source.js'
export { diskSource, firstOf, memorySource } from './sources.js'
export { streamEvents } from './stream-events.js'
export { type StreamFilesHandler, streamFiles } from './stream-files.js'
export { streamJsonArray, streamJsonLines } from './stream-json.js'
export { streamResponse } from './stream-response.js'
