// The body of another server's answer, passed on as it comes. When the client leaves, the request to
// the other server ends too: its stream is cancelled.
import { Router } from 'express'
import { streamResponse } from 'express-stream-files'

const router = Router()
export default router

// A real proxy has a fixed list of what may be fetched; this one only asks its own server.
router.get('/{*path}', async (req, res) => {
  const upstream = await fetch(`http://localhost:${req.socket.localPort}${req.url}`)
  return streamResponse(res, upstream.body ?? [], {
    status: upstream.status,
    type: upstream.headers.get('content-type') ?? undefined,
  })
})
