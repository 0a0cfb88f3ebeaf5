import { once } from 'node:events'
import { startChildServer } from '../support/child-server.js'
import { ask, firstBytes, restOf } from '../support/clients.js'
import { directoryOf, patternOf, removeDirectories } from '../support/files.js'
import { parseResponses } from '../support/raw-http.js'

const large = patternOf(16 * 1024 * 1024)
const directory = directoryOf({ 'large.bin': large })

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
