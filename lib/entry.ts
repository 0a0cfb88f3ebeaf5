// What an app loads: serving a folder, and the doors of what else there is. Whoever sends no streams
// does not load at its start what sends them. The types and their documentation are those of
// `index.ts`.
import type * as all from './index.js'
import { lazily } from './lazily.js'

export { streamFiles } from './stream-files.js'

const responses = lazily(
  () => require('./stream-response.js') as typeof import('./stream-response.js'),
)
const chunks = lazily(() => require('./read-chunks.js') as typeof import('./read-chunks.js'))

export const streamResponse: typeof all.streamResponse = (res, body, options) =>
  responses().streamResponse(res, body, options)

export const readChunks: typeof all.readChunks = (file, options) =>
  chunks().readChunks(file, options)
