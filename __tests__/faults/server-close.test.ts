import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { streamResponse } from '../../lib/index.js'
import { startChildServer } from '../support/child-server.js'
import { ask, firstBytes, restOf } from '../support/clients.js'
import { eventually } from '../support/eventually.js'
import { directoryOf, patternOf, removeDirectories } from '../support/files.js'
import { parseResponses } from '../support/raw-http.js'
import { serve } from '../support/server.js'

const large = patternOf(16 * 1024 * 1024)
const directory = directoryOf({ 'large.bin': large })

const ITEM = Buffer.alloc(50_000, 'x')

afterAll(removeDirectories)

test('server.close() during transfers lets them finish, and then the process exits', async () => {
  const server = await startChildServer(directory)
  const exited = once(server.process, 'exit')
  const targets = ['/large.bin', '/one/large.bin', '/large.bin', '/one/large.bin']
  const sockets = await Promise.all(
    targets.map((target) => ask(server.port, target, ['Connection: close'])),
  )
  const starts = await Promise.all(sockets.map(firstBytes))

  await server.close()
  const rests = await Promise.all(sockets.map(restOf))

  for (const [place, { bytes }] of rests.entries()) {
    const [response] = parseResponses(Buffer.concat([starts[place] ?? Buffer.alloc(0), bytes]))
    expect(response).toMatchObject({ status: 200, complete: true })
    expect(response?.body.equals(large)).toBe(true)
  }
  expect(await exited).toEqual([0, null])
  expect(server.output()).toBe('')
})

test('server.close() lets a client that is slow at the end have all of its body', async () => {
  // How much the system buffers differs, so that at least one of these is all written, and waits in the process.
  const sizes = Array.from({ length: 25 }, (_, step) => 1_000_000 + step * 250_000)
  const responses: ServerResponse[] = []
  const server = await serve((req, res) => {
    responses.push(res)
    const size = Number(req.url?.slice(1))
    void streamResponse(res, Array(size / ITEM.length).fill(ITEM))
  })
  const sockets = await Promise.all(sizes.map((size) => ask(server.port, `/${size}`)))
  await eventually(() => responses.length === sizes.length)
  for (const socket of sockets) socket.pause()
  await eventually(async () => {
    const before = responses.map((res) => res.writableLength)
    await new Promise((resolve) => setTimeout(resolve, 100))
    return responses.every((res, place) => res.writableLength === before[place])
  })
  server.server.close()
  const rests = await Promise.all(sockets.map(restOf))
  const lengths = rests.map(({ bytes }) => parseResponses(bytes)[0]?.body.length)
  expect(lengths).toEqual(sizes)
})
