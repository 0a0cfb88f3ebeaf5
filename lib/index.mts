// The one CommonJS build under its own names: a second build would be a second cache and a second
// pool of buffers in the process.
export type * from './index.js'
export { readChunks, streamFiles, streamResponse } from './index.js'
