// Serves the sources of examples/sources over stand-ins for their clients, which hold the same file, and over the
// Google Cloud Storage whose address is in the environment. Writes its port as one line.
import { createServer } from 'node:http'
import { Readable } from 'node:stream'
import { Storage } from '@google-cloud/storage'
import { streamFiles } from 'express-stream-files'
import { azureBlobSource } from '../../examples/sources/azure-blob.mjs'
import { googleCloudStorageSource } from '../../examples/sources/google-cloud-storage.mjs'
import { gridFsSource } from '../../examples/sources/mongodb-gridfs.mjs'
import { largeObjectSource } from '../../examples/sources/postgres-large-objects.mjs'

const NAME = 'dir/some file.txt'
const content = Buffer.alloc(3_000_000, 'twenty letters of it')
const modified = new Date('2024-02-29T12:34:56.789Z')
let replaced = false

const container = {
  getBlobClient: (name) => ({
    async getProperties() {
      if (name !== NAME) throw Object.assign(new Error('BlobNotFound'), { statusCode: 404 })
      const type = 'application/octet-stream'
      return {
        contentLength: content.length,
        lastModified: modified,
        etag: '"azure"',
        contentType: type,
        cacheControl: 'private',
      }
    },
    async download(start, length, { conditions }) {
      if (replaced || conditions.ifMatch !== '"azure"') {
        throw Object.assign(new Error('ConditionNotMet'), { statusCode: 412 })
      }
      return { readableStreamBody: Readable.from([content.subarray(start, start + length)]) }
    },
  }),
}

const id = { toHexString: () => '65e07eb0' }
const bucket = {
  find: ({ filename }) => {
    const files =
      filename === NAME ? [{ _id: id, length: content.length, uploadDate: modified }] : []
    return { sort: () => ({ limit: () => ({ toArray: async () => files }) }) }
  },
  openDownloadStream: (_id, { start, end }) => Readable.from([content.subarray(start, end)]),
}

const pool = {
  async query(text, values) {
    if (text.includes('lo_get')) {
      const [, position, length] = values
      return { rows: [{ piece: content.subarray(position, position + length) }] }
    }
    const file = { content: 5, size: `${content.length}`, version: 'b2078499', modified }
    return { rows: values[0] === NAME ? [file] : [] }
  },
}

const storage = new Storage({ apiEndpoint: process.env.GOOGLE_STORAGE, projectId: 'project' })

const handlers = {
  google: streamFiles(googleCloudStorageSource(storage.bucket('bucket'))),
  azure: streamFiles(azureBlobSource(container)),
  gridfs: streamFiles(gridFsSource(bucket)),
  postgres: streamFiles(largeObjectSource(pool)),
}

const server = createServer((req, res) => {
  if (req.url === '/connections') {
    return server.getConnections((_error, count) => res.end(`${count}`))
  }
  const [, recipe, ...path] = req.url.split('/')
  replaced = recipe === 'replaced'
  req.url = `/${path.join('/')}`
  handlers[replaced ? 'azure' : recipe](req, res)
})
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
