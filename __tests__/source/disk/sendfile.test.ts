import { once } from 'node:events'
import { closeSync, openSync, readSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { constants, release } from 'node:os'
import { join } from 'node:path'
import { loadSendfile, MIN_SENDFILE_BYTES } from '../../../lib/source/disk/sendfile.js'
import { ask, restOf } from '../../support/clients.js'
import { directoryOf, patternOf, removeDirectories } from '../../support/files.js'
import { dropFromPageCache } from '../../support/sendfile.js'

const { EAGAIN, EBADF } = constants.errno
const content = patternOf(100_000)
const directory = directoryOf({ file: content })
const calls = loadSendfile()
const file = openSync(join(directory, 'file'), 'r')

afterAll(() => {
  closeSync(file)
  removeDirectories()
})

/** Both ends of a connection; the client reads nothing yet. */
async function withConnection(
  use: (descriptor: number, server: Socket, client: Socket) => Promise<void> | void,
): Promise<void> {
  const listener = createServer({ pauseOnConnect: true }).listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const connected = once(listener, 'connection')
  const address = listener.address()
  if (address === null || typeof address === 'string') throw new Error('No port')
  const client = await ask(address.port, '/')
  const [server]: Socket[] = await connected
  const handle: unknown = Reflect.get(server ?? {}, '_handle')
  try {
    if (server === undefined || typeof handle !== 'object' || handle === null) return
    await use(Number(Reflect.get(handle, 'fd')), server, client)
  } finally {
    client.destroy()
    server?.destroy()
    listener.close()
  }
}

test('sendFile and send copy bytes to a socket, in the order of the calls', async () => {
  await withConnection(async (socket, server, client) => {
    expect(calls.send(socket, Buffer.from('before '))).toBe(7)
    expect(calls.sendFile(socket, file, 10, 20)).toBe(20)
    expect(calls.send(socket, Buffer.from(' after'))).toBe(6)
    server.end()
    const { bytes } = await restOf(client)
    expect(bytes.toString('latin1')).toBe(`before ${content.toString('latin1', 10, 30)} after`)
  })
})

test('sendFile and send fail with EAGAIN, and do not wait, when the socket is full', async () => {
  await withConnection((socket) => {
    while (calls.sendFile(socket, file, 0, content.length) > 0);
    expect(calls.sendFile(socket, file, 0, 1000)).toBe(-EAGAIN)
    expect(calls.send(socket, content)).toBe(-EAGAIN)
  })
})

test('sendFile returns 0 at the end of the file', async () => {
  await withConnection((socket) => {
    expect(calls.sendFile(socket, file, content.length, 10)).toBe(0)
  })
})

test('a descriptor that is not open is EBADF', () => {
  expect(calls.sendFile(-1, file, 0, 10)).toBe(-EBADF)
  expect(calls.send(-1, content)).toBe(-EBADF)
  expect(calls.readCached(-1, Buffer.alloc(10), 0)).toBe(-EBADF)
})

test('readCached reads what is in the page cache, and fails with EAGAIN for what is not', () => {
  const target = Buffer.alloc(1000)
  expect(calls.readCached(file, target, 500)).toBe(1000)
  expect(target.equals(content.subarray(500, 1500))).toBe(true)
  expect(calls.readCached(file, target, content.length - 10)).toBe(10)
  dropFromPageCache(join(directory, 'file'))
  expect(calls.readCached(file, target, 0)).toBe(-EAGAIN)
})

test('hasCachedPages tells whether all pages of a part are in the page cache', () => {
  const target = Buffer.alloc(50_000)
  // Reading fills the cache, and what is read ahead with it.
  readSync(file, target, 0, target.length, 0)
  const [major = 0, minor = 0] = release().split('.').map(Number)
  const tells = major > 6 || (major === 6 && minor >= 5)
  expect(calls.hasCachedPages(file, 100, 49_000)).toBe(tells)
  dropFromPageCache(join(directory, 'file'))
  expect(calls.hasCachedPages(file, 0, 1)).toBe(false)
  expect(calls.hasCachedPages(-1, 0, 1)).toBe(false)
})

test('the calls are loaded once', () => {
  expect(loadSendfile()).toBe(calls)
})

describe('where they are not available', () => {
  const { platform } = process

  afterEach(() => {
    Object.defineProperty(process, 'platform', { value: platform })
    jest.resetModules()
    jest.dontMock('koffi')
  })

  test('another system is told', () => {
    Object.defineProperty(process, 'platform', { value: 'win32' })
    expect(() => loadSendfile()).toThrow('needs Linux')
  })

  test.each<[string, () => object]>([
    [
      'a missing package',
      () => {
        throw new Error('Cannot find module')
      },
    ],
    ['a 32-bit system', () => ({ sizeof: () => 4 })],
  ])('%s is told with what to install, and tried again', (_name, koffi) => {
    jest.resetModules()
    jest.doMock('koffi', koffi)
    const { loadSendfile: load } = require('../../../lib/source/disk/sendfile') as {
      loadSendfile: typeof loadSendfile
    }
    expect(load).toThrow('needs 64-bit Linux and the package koffi: npm install koffi')
    jest.dontMock('koffi')
    expect(load().minBytes).toBe(MIN_SENDFILE_BYTES)
  })
})
