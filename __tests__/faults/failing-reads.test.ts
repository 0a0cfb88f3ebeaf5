import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fstatSync, openSync, readFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import type { Outcome } from '../../lib/index.js'
import { streamFiles, streamResponse } from '../../lib/index.js'
import { type TransferResult, transfer } from '../../lib/response/transfer.js'
import { Descriptor } from '../../lib/source/disk/descriptor.js'
import { DiskFile } from '../../lib/source/disk/disk-file.js'
import { ask, restOf } from '../support/clients.js'
import { descriptorsBackTo, eventually } from '../support/eventually.js'
import { express } from '../support/express.js'
import { openDescriptors } from '../support/files.js'
import { HeldBack } from '../support/held-back.js'
import { testOnLinux } from '../support/on-linux.js'
import { expectSilence } from '../support/process-noise.js'
import { parseResponses, request } from '../support/raw-http.js'
import { withServer } from '../support/server.js'

/**
 * The end of this process's stack. It grows the other way and nothing is ever put behind it, so that
 * reading on is EIO.
 */
function endOfStack(): number {
  const stack = /-([0-9a-f]+) .*\[stack\]$/m.exec(readFileSync('/proc/self/maps', 'latin1'))
  return Number.parseInt(stack?.[1] ?? '', 16)
}

/** Without a size, as it is opened by its name: with one it would seem to have shrunk to the 0 it reports. */
function openOwnMemory(): DiskFile {
  const path = '/proc/self/mem'
  const descriptor = openSync(path, 'r')
  const stats = fstatSync(descriptor, { bigint: true })
  return new DiskFile(path, new Descriptor(descriptor), stats, undefined)
}

describe('a read that fails with EIO', () => {
  const CHUNK = 64 * 1024

  async function sendMemory(from: number, bytes: number) {
    const ends: TransferResult[] = []
    const listener: RequestListener = (_req, res) => {
      const reader = openOwnMemory().body([{ start: from, end: from + bytes - 1 }], CHUNK)
      const commit = () => res.writeHead(200)
      void transfer(res, { reader, chunkSize: CHUNK, sendHeaders: commit }).then((end) => {
        ends.push(end)
        if (!end.headersSent) res.writeHead(500).end()
      })
    }
    return withServer(listener, async ({ port }) => {
      const baseline = openDescriptors()
      const response = await request(port, '/')
      await descriptorsBackTo(baseline)
      return { response, ends }
    })
  }

  testOnLinux('before the first byte is a real status', async () => {
    await expectSilence(async () => {
      const { response, ends } = await sendMemory(endOfStack(), 2 * CHUNK)
      expect(response.status).toBe(500)
      expect(ends).toMatchObject([{ bytesSent: 0, headersSent: false, error: { code: 'EIO' } }])
    })
  })

  testOnLinux('in the middle destroys the connection and is reported once', async () => {
    await expectSilence(async () => {
      const good = 2 * CHUNK
      const { response, ends } = await sendMemory(endOfStack() - good, 4 * CHUNK)
      expect(response).toMatchObject({ status: 200, complete: false })
      expect(response.body).toHaveLength(good)
      expect(ends).toMatchObject([
        { bytesSent: good, headersSent: true, completed: false, error: { code: 'EIO' } },
      ])
    })
  })
})

// Reading a file of /proc fails with ESRCH after its process has ended: here through the public API.
describe('a file that cannot be read after its middle', () => {
  /** More than 128 KiB of text about a process, which is over when `end` is called. */
  async function doomedFile() {
    // Every such memory is some lines more.
    const script = `
      const memories = Array.from({ length: 150 }, () => new WebAssembly.Memory({ initial: 1 }))
      process.stdout.write('up')
      setInterval(() => memories, 1000)`
    const child = spawn(process.execPath, ['-e', script], { stdio: ['ignore', 'pipe', 'ignore'] })
    await once(child.stdout, 'data')
    const end = async () => {
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    }
    return { directory: `/proc/${child.pid}`, name: 'smaps', end }
  }

  testOnLinux('is destroyed, reported to the outcome and once to the error handler', async () => {
    const doomed = await doomedFile()
    const handed: unknown[] = []
    const outcomes: Outcome[] = []
    const held: HeldBack[] = []
    const app = express()
    app.use((_req, res, next) => {
      held.push(new HeldBack(res))
      next()
    })
    app.get('/', (_req, res) => {
      void streamResponse(res, `${doomed.directory}/${doomed.name}`).then((outcome) =>
        outcomes.push(outcome),
      )
    })
    app.use('/files', streamFiles(doomed.directory))
    app.use((error: unknown, _req: unknown, _res: unknown, _next: unknown) => {
      handed.push(error)
    })
    await withServer(app, async ({ port }) => {
      await expectSilence(async () => {
        const sockets = [await ask(port, '/'), await ask(port, `/files/${doomed.name}`)]
        await eventually(() => held.filter(({ holds }) => holds).length === 2)
        await doomed.end()
        for (const response of held) response.release()
        const received = await Promise.all(sockets.map(restOf))
        for (const { bytes } of received) {
          expect(parseResponses(bytes)).toMatchObject([{ status: 200, complete: false }])
        }
      })
      expect(outcomes).toMatchObject([
        { status: 200, completed: false, aborted: false, error: { code: 'ESRCH', status: 500 } },
      ])
      expect(handed).toMatchObject([{ code: 'ESRCH' }, { code: 'ESRCH' }])
    })
  })
})

testOnLinux('a file whose very first byte cannot be read is a 500 with a real status', async () => {
  const app = express()
  const outcomes: Promise<Outcome>[] = []
  app.get('/', (_req, res) => {
    outcomes.push(streamResponse(res, '/proc/self/mem'))
  })
  app.set('env', 'test')
  await withServer(app, async ({ port }) => {
    const response = await request(port, '/')
    expect(response).toMatchObject({ status: 500, complete: true })
    expect(await outcomes[0]).toMatchObject({ status: 500, error: { code: 'EIO' } })
  })
})
