export type {
  EtagOf,
  FileInfo,
  ReadChunksOptions,
  SetHeaders,
  StreamFilesOptions,
  StreamResponseOptions,
} from './options/options.js'
export type { Outcome, StreamError } from './outcome.js'
export type { DotfilePolicy } from './path/dotfiles.js'
export { readChunks } from './read-chunks.js'
export type { SymlinkPolicy } from './source/disk.js'
export { type StreamFilesHandler, streamFiles } from './stream-files.js'
export { streamResponse } from './stream-response.js'
