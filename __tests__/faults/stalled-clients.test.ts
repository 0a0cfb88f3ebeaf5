import type { Socket } from 'node:net'
import { type ChildServer, startChildServer } from '../support/child-server.js'
import { ask, firstBytes } from '../support/clients.js'
import { eventually } from '../support/eventually.js'
import { directoryOf, removeDirectories } from '../support/files.js'
import { testOnLinux } from '../support/on-linux.js'
import { request } from '../support/raw-http.js'

// More than the buffers of both ends of a connection hold.
const LARGE = 16 * 1024 * 1024
const directory = directoryOf({ 'large.bin': Buffer.alloc(LARGE), 'small.txt': 'small' })

afterAll(removeDirectories)

const CLIENTS = 150
const KIB = 1024

// What express.static holds for each.
const EACH_AT_MOST = 150 * KIB

// The large buffers of the pool that all bodies of a process share.
const POOL = 16 * 1024 * KIB

/** Clients that have read a little and then stop. */
async function stall(port: number, target: string): Promise<Socket[]> {
  const sockets: Socket[] = []
  for (let group = 0; group < CLIENTS / 50; group++) {
    const asked = await Promise.all(Array.from({ length: 50 }, () => ask(port, target)))
    await Promise.all(asked.map(firstBytes))
    sockets.push(...asked)
  }
  return sockets
}

/** Waits, because released memory is not collected at once. */
async function holdsAtMost(server: ChildServer, bytes: number): Promise<void> {
  await eventually(async () => (await server.memory()).arrayBuffers <= bytes)
}

describe.each(['/large.bin', '/one/large.bin'])('clients that stop reading GET %s', (target) => {
  testOnLinux(
    'hold no more than one buffer each, and other clients are served as before',
    async () => {
      const server = await startChildServer(directory)
      try {
        await request(server.port, '/large.bin')
        const { arrayBuffers: before } = await server.memory()
        const baseline = await server.descriptors()
        const sockets = await stall(server.port, target)

        await holdsAtMost(server, before + POOL + CLIENTS * EACH_AT_MOST)
        expect((await request(server.port, '/small.txt')).body.toString()).toBe('small')
        expect((await request(server.port, '/large.bin')).body).toHaveLength(LARGE)

        for (const socket of sockets) socket.destroy()
        await eventually(async () => (await server.descriptors()) <= baseline)
        await holdsAtMost(server, before + 2 * POOL)
        expect(server.output()).toBe('')
      } finally {
        server.process.kill()
      }
    },
  )
})
