// node bench/clients/server.mjs <directory> <options as JSON> <port>: this package in front of a
// directory, until its parent ends it. Tells every request, and how many bytes its body sent.
import { createServer } from 'node:http'
import { streamResponse } from '../../dist/index.js'

const [root = '', json = '{}', port] = process.argv.slice(2)
const options = JSON.parse(json)
process.on('disconnect', () => process.exit())

let requests = 0
let goOn = () => {}

const server = createServer((req, res) => {
  const { pathname, searchParams } = new URL(req.url ?? '/', 'http://localhost')
  if (pathname === '/events') {
    const headers = headersFor(searchParams)
    return void streamResponse(res, events(), { type: 'text/event-stream', headers })
  }
  if (pathname === '/') return void res.setHeader('Content-Type', 'text/html').end('<p>A page</p>')
  if (pathname === '/go-on') return void res.end(goOn())
  void sendFile(req, res, pathname, searchParams)
})

async function sendFile(req, res, pathname, searchParams) {
  const id = requests++
  const maxRate = Number(searchParams.get('rate'))
  const { method, httpVersion } = req
  const asked = { id, method, httpVersion, path: pathname, range: req.headers.range }
  process.send?.(asked)
  const { bytesSent, completed } = await streamResponse(res, pathname.slice(1), {
    ...options,
    root,
    headers: headersFor(searchParams),
    ...(maxRate > 0 && { maxRate }),
    onProgress: (progress) => process.send?.({ id, bytesSent: progress.bytesSent }),
  })
  process.send?.({ id, status: res.statusCode, bytesSent, completed })
}

/** The second event is not produced before somebody asks for it. */
async function* events() {
  const asked = new Promise((resolve) => {
    goOn = () => resolve(undefined)
  })
  yield 'data: first\n\n'
  await asked
  yield 'data: second\n\n'
}

function headersFor(searchParams) {
  return searchParams.has('unbuffered') ? { 'X-Accel-Buffering': 'no' } : {}
}

server.listen(Number(port), '127.0.0.1', () => {
  const address = /** @type {import('node:net').AddressInfo} */ (server.address())
  process.send?.({ port: address.port })
})
