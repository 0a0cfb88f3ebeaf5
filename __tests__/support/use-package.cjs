// node use-package.cjs <main file> <directory>: loads the package as it is built and uses every part of
// it; writes as JSON what it saw.
const { createServer } = require('node:http')
const { join } = require('node:path')

const [main, directory] = process.argv.slice(2)
const { readChunks, streamFiles, streamResponse, ...others } = require(main)
const file = join(directory, 'file.txt')

const shouting = streamFiles(directory, {
  transform: async function* (chunks) {
    for await (const chunk of chunks) yield chunk.toString().toUpperCase()
  },
})
const handlers = {
  '/file.txt': streamFiles(directory),
  '/missing.txt': streamFiles(directory),
  '/FILE': (req, res) => {
    req.url = '/file.txt'
    shouting(req, res)
  },
  '/response': (_req, res) => streamResponse(res, file),
  '/generated': (_req, res) => streamResponse(res, ['one, ', 'two'], { digest: 'sha-256' }),
}

const server = createServer((req, res) => handlers[req.url](req, res))
server.listen(0, '127.0.0.1', async () => {
  const responses = {}
  for (const path of Object.keys(handlers)) {
    const response = await fetch(`http://127.0.0.1:${server.address().port}${path}`)
    responses[path] = `${response.status} ${await response.text()}`
  }
  const chunks = []
  for await (const chunk of readChunks(file, { chunkSize: 4 })) chunks.push(chunk.toString())
  console.log(JSON.stringify({ responses, chunks, others: Object.keys(others) }))
  process.exit()
})
