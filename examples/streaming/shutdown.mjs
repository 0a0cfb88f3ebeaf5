// Events that end when the process shuts down: without the signal it would wait for clients that never end.
import { once } from 'node:events'
import { Router } from 'express'
import { streamEvents } from 'express-stream-files'

const router = Router()
export default router

const stopping = new AbortController()

/** Ends every stream of events after its latest event. */
export function endStreams() {
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
