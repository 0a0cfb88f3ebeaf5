import { once } from 'node:events'
import type { RequestListener } from 'node:http'
import type { Socket } from 'node:net'
import { join } from 'node:path'
import type { Outcome } from '../../lib/index.js'
import { readChunks, streamFiles, streamResponse } from '../../lib/index.js'
import { ask, type Disconnect, disconnected, firstBytes } from '../support/clients.js'
import { descriptorsBackTo, eventually } from '../support/eventually.js'
import { express } from '../support/express.js'
import { directoryOf, openDescriptors, removeDirectories } from '../support/files.js'
import { expectSilence } from '../support/process-noise.js'
import { request } from '../support/raw-http.js'
import { type TestServer, withServer } from '../support/server.js'

// More than the buffers of both ends of a connection, so that no transfer completes before the disconnect.
const LARGE = Buffer.alloc(16 * 1024 * 1024, 'x')
const directory = directoryOf({ 'large.bin': LARGE, 'small.txt': 'small' })
const file = join(directory, 'large.bin')

afterAll(removeDirectories)

const hows: Disconnect[] = ['FIN', 'RST']

/** Runs `count` clients in groups. Each disconnects as `visit` does. */
async function sendClients(count: number, visit: (index: number) => Promise<void>): Promise<void> {
  const group = 50
  for (let first = 0; first < count; first += group) {
    const visits = Array.from({ length: Math.min(group, count - first) }, (_, i) =>
      visit(first + i),
    )
    await Promise.all(visits)
  }
}

async function requestAndDisconnect(port: number, target: string, how: Disconnect): Promise<void> {
  const socket = await ask(port, target)
  await firstBytes(socket)
  await disconnected(socket, how)
}

/** The server's side of connections is still open when the client's side is closed. */
async function connectionsGone({ server }: TestServer): Promise<void> {
  let connections = -1
  await eventually(() => {
    server.getConnections((_, count) => {
      connections = count
    })
    return connections === 0
  })
}

test('1,000 clients that disconnect, 200 before the first byte: all promises settle as aborted, nothing leaks, nothing is logged', async () => {
  const outcomes: Promise<Outcome>[] = []
  const asked = new Map<string, () => void>()
  const app = express()
  app.get('/large', (_req, res) => {
    outcomes.push(streamResponse(res, file))
  })
  // Responds at once: the client disconnects while the file is being opened.
  app.get('/opening/:id', (req, res) => {
    outcomes.push(streamResponse(res, file))
    asked.get(req.params.id)?.()
  })
  // Responds after the client has disconnected.
  app.get('/late/:id', (req, res) => {
    req.socket.on('close', () => outcomes.push(streamResponse(res, file)))
    asked.get(req.params.id)?.()
  })

  await withServer(app, async (server) => {
    await request(server.port, '/nothing')
    await connectionsGone(server)
    const baseline = openDescriptors()
    await expectSilence(async () => {
      await sendClients(1000, async (index) => {
        const how = hows[index % 2] ?? 'FIN'
        if (index % 5 > 0) return requestAndDisconnect(server.port, '/large', how)
        const entered = new Promise<void>((resolve) => asked.set(String(index), resolve))
        const place = index % 10 === 0 ? 'late' : 'opening'
        const socket = await ask(server.port, `/${place}/${index}`)
        await entered
        // A FIN is not a disconnect, because the client may still read. So the socket is destroyed.
        await disconnected(socket, 'RST')
      })
      await eventually(() => outcomes.length === 1000)
      const settled = await Promise.all(outcomes)
      expect(
        settled.filter(({ aborted, completed, error }) => !aborted || completed || error),
      ).toEqual([])
      await connectionsGone(server)
      await descriptorsBackTo(baseline)
    })
  })
})

test.each(hows)(
  'clients of streamFiles that disconnect by %s leak no descriptor and reach no error handler',
  async (how) => {
    const handed: unknown[] = []
    const app = express()
    app.use(streamFiles(directory))
    app.use((error: unknown, _req: unknown, _res: unknown, _next: unknown) => {
      handed.push(error)
    })

    await withServer(app, async (server) => {
      await request(server.port, '/small.txt')
      await connectionsGone(server)
      const baseline = openDescriptors()
      await expectSilence(async () => {
        await sendClients(100, () => requestAndDisconnect(server.port, '/large.bin', how))
        await connectionsGone(server)
        await descriptorsBackTo(baseline)
      })
      expect(handed).toEqual([])
      expect((await request(server.port, '/small.txt')).body.toString()).toBe('small')
    })
  },
)

test('a client that disconnects during a read does not crash the process', async () => {
  // Small enough for two reads, so that the client disconnects around the last.
  const twoBlocks = directoryOf({ 'file.bin': Buffer.alloc(300 * 1024) })
  const outcomes: Outcome[] = []
  const listener: RequestListener = (_req, res) => {
    res.setHeader('Connection', 'close')
    void streamResponse(res, join(twoBlocks, 'file.bin'), { chunkSize: 1024 }).then((outcome) =>
      outcomes.push(outcome),
    )
    // At every stage of the transfer, in turn.
    let stages = outcomes.length % 12
    const step = () => (stages-- === 0 ? res.destroy() : setImmediate(step))
    step()
  }
  await withServer(listener, async ({ port }) => {
    const baseline = openDescriptors()
    for (let visit = 0; visit < 60; visit++) {
      const socket = await ask(port, '/')
      socket.resume()
      await once(socket, 'close')
      await eventually(() => outcomes.length === visit + 1)
    }
    expect(outcomes.filter(({ error }) => error !== undefined)).toEqual([])
    await descriptorsBackTo(baseline)
  })
})

describe('a client that disconnects with requests waiting in the pipeline', () => {
  const responses = async (
    consume: (socket: Socket) => Promise<void>,
    middleware?: RequestListener,
  ): Promise<Outcome[]> => {
    const outcomes: Promise<Outcome>[] = []
    const listener: RequestListener = (req, res) => {
      middleware?.(req, res)
      setImmediate(() => outcomes.push(streamResponse(res, file)))
    }
    return withServer(listener, async ({ port }) => {
      const baseline = openDescriptors()
      const socket = await ask(port, '/first')
      socket.write('GET /second HTTP/1.1\r\nHost: localhost\r\n\r\n')
      await eventually(() => outcomes.length === 2)
      await consume(socket)
      const settled = await Promise.all(outcomes)
      await descriptorsBackTo(baseline)
      return settled
    })
  }

  test('aborts those too', async () => {
    const outcomes = await responses((socket) => disconnected(socket, 'RST'))
    expect(outcomes.map(({ aborted }) => aborted)).toEqual([true, true])
  })

  test('aborts those too whose request was read to its end', async () => {
    const outcomes = await responses(
      (socket) => disconnected(socket, 'RST'),
      (req) => req.resume(),
    )
    expect(outcomes.map(({ aborted }) => aborted)).toEqual([true, true])
  })
})

test('exiting the loop over readChunks closes the file', async () => {
  const baseline = openDescriptors()
  for (let reader = 0; reader < 50; reader++) {
    for await (const chunk of readChunks(file, { chunkSize: 1000 })) {
      expect(chunk).toHaveLength(1000)
      break
    }
  }
  await descriptorsBackTo(baseline)
})

test('an abort signal that fires during a read ends readChunks with its reason', async () => {
  const baseline = openDescriptors()
  for (let reader = 0; reader < 50; reader++) {
    const controller = new AbortController()
    const reason = new Error('enough')
    const chunks = readChunks(file, { chunkSize: 1024 * 1024, signal: controller.signal })
    await chunks.next()
    const next = chunks.next()
    setImmediate(() => controller.abort(reason))
    await expect(
      (async () => {
        await next
        for await (const _ of chunks);
      })(),
    ).rejects.toBe(reason)
  }
  await descriptorsBackTo(baseline)
})
