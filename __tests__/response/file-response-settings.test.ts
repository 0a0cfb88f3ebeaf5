import {
  type FileResponseSettings,
  forGeneratedBody,
} from '../../lib/response/file-response-settings.js'
import { QueuedReader } from '../support/queued-reader.js'

const ofFile = { etag: true, lastModified: true, acceptRanges: true, cacheControl: 'no-cache' }
const makeBody = () => new QueuedReader()

function generated(settings: Partial<FileResponseSettings>) {
  return forGeneratedBody(settings as FileResponseSettings, makeBody)
}

test('a body that is generated from a file has neither its validators nor ranges', () => {
  expect(generated(ofFile)).toEqual({
    makeBody,
    etag: false,
    lastModified: false,
    acceptRanges: false,
    cacheControl: 'no-cache',
  })
})

test('a body that is generated from a file keeps an entity tag that the application computes', () => {
  const etag = () => '"1"'
  expect(generated({ ...ofFile, etag })).toMatchObject({ etag, lastModified: false })
})
