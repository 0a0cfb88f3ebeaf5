// The objects of a bucket of Google Cloud Storage as files.

const PIECE_BYTES = 1024 * 1024

// What the store says of an object that was uploaded without a type.
const NO_TYPE = 'application/octet-stream'

/**
 * @param {import('@google-cloud/storage').Bucket} bucket
 * @returns {import('express-stream-files').Source}
 */
export function googleCloudStorageSource(bucket) {
  return {
    async open(name) {
      const metadata = await metadataOf(bucket.file(name))
      if (metadata === undefined) return undefined
      const { generation, contentType } = metadata
      return {
        size: Number(metadata.size),
        modified: new Date(metadata.timeCreated),
        // Each content of an object has a generation of its own. The `etag` is one of the metadata.
        etag: `"${generation}"`,
        type: contentType === NO_TYPE ? undefined : contentType,
        contentEncoding: metadata.contentEncoding,
        contentLanguage: metadata.contentLanguage,
        contentDisposition: metadata.contentDisposition,
        cacheControl: metadata.cacheControl,
        chunks: (range) => readPieces(bucket.file(name, { generation }), range),
      }
    },
  }
}

/** The client has no signal for this request, which is a short one. */
async function metadataOf(file) {
  try {
    const [metadata] = await file.getMetadata()
    return metadata
  } catch (error) {
    if (error.code === 404) return undefined
    throw error
  }
}

/**
 * Reads one generation of an object: no response mixes two. Each piece is a request of its own, which is always
 * read to its end: a stream of this client that is destroyed closes the connections of all others, too.
 */
async function* readPieces(file, { start, end, signal }) {
  for (let position = start; position <= end && !signal.aborted; position += PIECE_BYTES) {
    const last = Math.min(position + PIECE_BYTES - 1, end)
    // `decompress: false`: an object that is stored with a Content-Encoding is sent with it.
    const options = { start: position, end: last, decompress: false }
    const [piece] = await file.download(options).catch(unavailable)
    yield piece
  }
}

/** The object was replaced or deleted after it was opened: a retry finds what is there now. */
function unavailable(cause) {
  if (cause.code !== 404) throw cause
  throw Object.assign(new Error('The object was replaced', { cause }), { status: 503 })
}
