// The files of a GridFS bucket of MongoDB.

/**
 * The latest revision of each file. A revision never changes, so its id is its entity tag.
 *
 * @param {import('mongodb').GridFSBucket} bucket
 * @returns {import('express-stream-files').Source}
 */
export function gridFsSource(bucket) {
  return {
    async open(name) {
      const revisions = bucket.find({ filename: name }).sort({ uploadDate: -1 })
      const [file] = await revisions.limit(1).toArray()
      if (file === undefined) return undefined
      return {
        size: file.length,
        modified: file.uploadDate,
        etag: `"${file._id.toHexString()}"`,
        type: file.metadata?.contentType,
        // A stream of Node.js is destroyed if the response ends early. Its `end` is exclusive.
        chunks: ({ start, end }) => bucket.openDownloadStream(file._id, { start, end: end + 1 }),
      }
    },
  }
}
