// The blobs of a container of Azure Blob Storage as files.

// What Azure says of a blob that was uploaded without a type.
const NO_TYPE = 'application/octet-stream'

/**
 * @param {import('@azure/storage-blob').ContainerClient} container
 * @returns {import('express-stream-files').Source}
 */
export function azureBlobSource(container) {
  return {
    // A blob that does not exist is an error with the statusCode 404, which needs no translation.
    async open(name, { signal }) {
      const blob = container.getBlobClient(name)
      const properties = await blob.getProperties({ abortSignal: signal })
      const { contentType, etag } = properties
      return {
        size: properties.contentLength,
        modified: properties.lastModified,
        etag,
        type: contentType === NO_TYPE ? undefined : contentType,
        contentEncoding: properties.contentEncoding,
        contentLanguage: properties.contentLanguage,
        contentDisposition: properties.contentDisposition,
        cacheControl: properties.cacheControl,
        chunks: (range) => download(blob, etag, range),
      }
    },
  }
}

/** Reads one version of a blob: no response mixes two. */
async function* download(blob, etag, { start, end, signal }) {
  const options = { abortSignal: signal, conditions: { ifMatch: etag } }
  const length = end - start + 1
  const { readableStreamBody } = await blob.download(start, length, options).catch(unavailable)
  yield* readableStreamBody
}

/** A precondition that fails here is not one of the client: the blob was replaced, and a retry succeeds. */
function unavailable(cause) {
  if (cause.statusCode !== 412) throw cause
  throw Object.assign(new Error('The blob was replaced', { cause }), { status: 503 })
}
