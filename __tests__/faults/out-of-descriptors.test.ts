import { startChildServer } from '../support/child-server.js'
import { ask, firstBytes, restOf } from '../support/clients.js'
import { eventually } from '../support/eventually.js'
import { directoryOf, removeDirectories } from '../support/files.js'
import { testOnLinux } from '../support/on-linux.js'
import { parseResponses, type RawResponse, request } from '../support/raw-http.js'

const CONNECTIONS = 5
const PIPELINED = 60

const LARGE = 512 * 1024
const large = Buffer.alloc(LARGE, 'x')
// Who asks for the same file at once shares a descriptor, so there is a file for each.
const names = Array.from({ length: PIPELINED }, (_, number) => `large-${number}.bin`)
const directory = directoryOf({
  ...Object.fromEntries(names.map((name) => [name, large])),
  'small.txt': 'small',
})

afterAll(removeDirectories)

/** 300 requests at the same time over five connections. */
async function askForAll(port: number, below: string): Promise<RawResponse[]> {
  // A connection that is not accepted tests nothing here, so all are accepted before.
  const sockets = await Promise.all(
    Array.from({ length: CONNECTIONS }, () => ask(port, '/small.txt')),
  )
  await Promise.all(sockets.map(firstBytes))
  const pipeline = names
    .map((name) => `GET ${below}${name} HTTP/1.1\r\nHost: localhost\r\n`)
    .join('\r\n')
    .concat('Connection: close\r\n\r\n')
  const received = await Promise.all(
    sockets.map((socket) => {
      socket.write(pipeline)
      return restOf(socket)
    }),
  )
  return received.flatMap(({ bytes }) => parseResponses(bytes))
}

describe.each(['/', '/one/'])('out of descriptors, GET below %s', (below) => {
  testOnLinux(
    '300 requests at 60 descriptors get complete responses or 503 with Retry-After, and later requests work',
    async () => {
      const server = await startChildServer(directory, { descriptorLimit: 60 })
      try {
        await request(server.port, '/small.txt')
        const baseline = await server.descriptors()
        const responses = await askForAll(server.port, below)

        expect(responses.length).toBe(CONNECTIONS * PIPELINED)
        const whole = responses.filter(({ status }) => status === 200)
        const refused = responses.filter(({ status }) => status === 503)
        expect(whole.length).toBeGreaterThan(0)
        expect(refused.length).toBeGreaterThan(0)
        expect(whole.length + refused.length).toBe(responses.length)
        for (const { complete, body } of whole) {
          expect({ complete, length: body.length }).toEqual({ complete: true, length: LARGE })
        }
        for (const { headers } of refused) expect(headers['retry-after']).toMatch(/^\d+$/)

        await eventually(async () => (await server.descriptors()) <= baseline)
        expect((await request(server.port, '/small.txt')).body.toString()).toBe('small')
        expect(server.process.exitCode).toBe(null)
      } finally {
        server.process.kill()
      }
    },
  )
})
