import { randomBytes } from 'node:crypto'
import compression from 'compression'
import { streamResponse } from '../../lib/index.js'
import { express } from '../support/express.js'
import { request } from '../support/raw-http.js'
import { withServer } from '../support/server.js'

test('a long response through compression() gathers no listeners', async () => {
  let listeners = () => 0
  const app = express()
  app.use(compression({ threshold: 0 }))
  app.use((_req, res, next) => {
    const on = jest.spyOn(res, 'on')
    listeners = () => on.mock.calls.filter(([event]) => String(event) === 'drain').length
    next()
  })
  // Bytes that cannot be compressed, and many more of them than are ever buffered.
  const items = Array.from({ length: 64 }, () => randomBytes(64 * 1024))
  app.get('/', (_req, res) => streamResponse(res, items, { type: 'txt' }))
  await withServer(app, async ({ port }) => {
    const response = await request(port, '/', { headers: ['Accept-Encoding: gzip'] })
    expect(response.headers['content-encoding']).toBe('gzip')
    expect(response.complete).toBe(true)
  })
  expect(listeners()).toBe(1)
})
