import { Agent, request } from 'node:http'

/** A client with connections of its own, which are kept. */
export function httpClient(port, connections) {
  const agent = new Agent({ keepAlive: true, maxSockets: connections })
  return {
    /**
     * Sends one request. Resolves with the response and its whole body, or with `complete: false` if it was
     * aborted by either side.
     *
     * @param {string} path
     * @param {{ headers?: Record<string, string>, method?: string, abortAfter?: number }} [options]
     *   `abortAfter`: the bytes of the body after which the client disconnects; -1 before any response
     */
    get(path, { headers = {}, method = 'GET', abortAfter = Number.POSITIVE_INFINITY } = {}) {
      return new Promise((resolve) => {
        const pieces = []
        let received = 0
        const outgoing = request({ host: '127.0.0.1', port, path, headers, method, agent })
        const ended = (response, complete) =>
          resolve({
            status: response?.statusCode ?? 0,
            headers: response?.headers ?? {},
            body: Buffer.concat(pieces),
            complete,
          })
        outgoing.on('error', () => ended(undefined, false))
        outgoing.on('response', (response) => {
          response.on('data', (piece) => {
            pieces.push(piece)
            received += piece.length
            if (received >= abortAfter) outgoing.destroy()
          })
          response.on('end', () => ended(response, response.complete))
          response.on('error', () => ended(response, false))
        })
        outgoing.end(() => {
          if (abortAfter < 0) setImmediate(() => outgoing.destroy())
        })
      })
    },
    close: () => agent.destroy(),
  }
}

/** Calls `work(index)` for every index below `count`, so many at a time. */
export async function abreast(count, width, work) {
  let next = 0
  const worker = async () => {
    while (next < count) await work(next++)
  }
  await Promise.all(Array.from({ length: width }, worker))
}
