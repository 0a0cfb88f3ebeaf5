// node use-package-without-descriptors.cjs <require|import> <main file> <directory>: loads the package as
// it is built, opens files until there are no more descriptors, and makes the first call of everything.
// Writes as JSON what each of them gave, and the modules that were loaded meanwhile.
const { closeSync, openSync } = require('node:fs')
const { Agent, createServer, get } = require('node:http')
const { execFileSync } = require('node:child_process')
const { join } = require('node:path')
const { pathToFileURL } = require('node:url')

const [loader, main, directory] = process.argv.slice(2)
if (!process.env.LIMITED) {
  const command = 'ulimit -n 60 && exec "$@"'
  const node = [process.execPath, __filename, loader, main, directory]
  const env = { ...process.env, LIMITED: '1' }
  process.stdout.write(execFileSync('/bin/sh', ['-c', command, 'sh', ...node], { env }))
  process.exit()
}

const file = join(directory, 'file.txt')
const told = ({ status, code, message }) => ({ status, code, message })

function firstCalls({ readChunks, streamFiles, streamResponse }) {
  const files = streamFiles(directory)
  const transformed = streamFiles(directory, { transform: (chunks) => chunks })
  return {
    streamFiles: (req, res) => files(Object.assign(req, { url: '/file.txt' }), res),
    'streamFiles with a transform': (req, res) =>
      transformed(Object.assign(req, { url: '/file.txt' }), res),
    'streamResponse of a path': (_req, res) =>
      streamResponse(res, file, { errors: 'throw' }).catch((error) =>
        res.end(JSON.stringify(told(error))),
      ),
    'streamResponse of a path, whose error the package sends': (_req, res) =>
      streamResponse(res, file),
    'streamResponse of a blob': (_req, res) => streamResponse(res, new Blob(['one, ', 'two'])),
    'streamResponse of an iterable': (_req, res) =>
      streamResponse(res, ['one, ', 'two'], { digest: 'sha-256', maxRate: 1e9, download: 'a' }),
    'streamResponse of a failing iterable': (_req, res) =>
      streamResponse(res, failing(), { errors: 'throw' }).catch((error) =>
        res.end(JSON.stringify(told(error))),
      ),
    readChunks: (_req, res) =>
      readChunks(file)
        .next()
        .catch((error) => res.end(JSON.stringify(told(error)))),
  }
}

// biome-ignore lint/correctness/useYield: it fails before it yields
async function* failing() {
  throw new Error('broken')
}

const agent = new Agent({ keepAlive: true, maxSockets: 1 })
let calls = {}
const server = createServer((req, res) => {
  const call = calls[decodeURIComponent(req.url.slice(1))]
  if (call === undefined) res.end()
  else call(req, res)
})

function ask(port, name) {
  return new Promise((resolve, reject) => {
    const path = `/${encodeURIComponent(name)}`
    get({ host: '127.0.0.1', port, path, agent }, (response) => {
      let body = ''
      response.setEncoding('utf8')
      response.on('data', (text) => {
        body += text
      })
      response.on('end', () =>
        resolve(body.startsWith('{') ? JSON.parse(body) : { status: response.statusCode, body }),
      )
    }).on('error', reject)
  })
}

server.listen(0, '127.0.0.1', async () => {
  const { port } = server.address()
  calls = firstCalls(loader === 'import' ? await import(pathToFileURL(main)) : require(main))
  // The connection is there, and node:http has loaded what it loads, before descriptors run out.
  await ask(port, '')
  const held = []
  try {
    while (true) held.push(openSync('/dev/null'))
  } catch {}
  const loadedBefore = new Set(Object.keys(require.cache))
  const seen = {}
  for (const name of Object.keys(calls)) seen[name] = await ask(port, name)
  for (const descriptor of held) closeSync(descriptor)
  seen.loaded = Object.keys(require.cache).filter((path) => !loadedBefore.has(path))
  console.log(JSON.stringify(seen))
  process.exit()
})
