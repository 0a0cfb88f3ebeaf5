import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { connect } from 'node:net'
import { join } from 'node:path'
import { ask, firstBytes, restOf } from '../support/clients.js'
import { parseResponses } from '../support/raw-http.js'

test('a slow client gets all of a response that was ended before, and the process ends', async () => {
  const script = join(__dirname, '../support/serve-until-sigterm.mjs')
  const server = spawn(process.execPath, [script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const exited = once(server, 'exit')
  const [line] = await once(server.stdout, 'data')
  const port = Number(line)

  const idle = connect(port, '127.0.0.1')
  await once(idle, 'connect')
  const slow = await ask(port, '/')
  const start = await firstBytes(slow)
  const idleClosed = once(idle, 'close')
  server.kill('SIGTERM')
  await idleClosed

  const { bytes } = await restOf(slow)
  const [response] = parseResponses(Buffer.concat([start, bytes]))
  expect(response).toMatchObject({ status: 200, complete: true })
  expect(await exited).toEqual([0, null])
})
