// A graceful shutdown with events open: server.close() alone would wait for clients that never end.
import { once } from 'node:events'
import { Router } from 'express'
import { streamEvents } from 'express-stream-files'

const router = Router()
export default router

const stopping = new AbortController()

/** Ends every stream of events after its latest event, and then the server. */
export function shutDown(server) {
  server.close()
  stopping.abort()
}

router.get('/', (_req, res) =>
  streamEvents(
    res,
    async function* ({ signal }) {
      yield 'open'
      await once(signal, 'abort')
    },
    { signal: stopping.signal },
  ),
)
