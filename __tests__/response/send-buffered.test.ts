import type { ServerResponse } from 'node:http'
import type { Decision } from '../../lib/http/decision.js'
import { sendBuffered } from '../../lib/response/send-buffered.js'
import type { TransferResult } from '../../lib/response/transfer.js'
import { patternOf } from '../support/files.js'
import { expectSilence } from '../support/process-noise.js'
import { type RawResponse, request } from '../support/raw-http.js'
import { withServer } from '../support/server.js'

const KIB = 1024
const OK: Decision = { status: 200, headers: [['X-Own', 'yes']], remove: [], segments: [] }
const body = patternOf(100 * KIB)

/** Sends a response that `prepare` has changed before. */
async function exchange(
  prepare: (res: ServerResponse) => void,
  decision: Decision = OK,
  bytes: Uint8Array = body,
) {
  let end: TransferResult | undefined
  let thrown: unknown
  let response: RawResponse | undefined
  await expectSilence(() =>
    withServer(
      (_req, res) => {
        prepare(res)
        try {
          end = sendBuffered(res, decision, bytes, 64 * KIB)
        } catch (error) {
          thrown = error
          if (!res.headersSent) res.writeHead(500).end('theirs')
        }
      },
      async ({ port }) => {
        response = await request(port, '/').catch(() => undefined)
      },
    ),
  )
  return { end, thrown, response }
}

test('a body is sent in chunks of one size', async () => {
  const { response } = await exchange(() => {})
  expect(response).toMatchObject({ status: 200, complete: true, chunks: [64 * KIB, 36 * KIB] })
  expect(response?.headers).toMatchObject({ 'x-own': 'yes' })
  expect(response?.body.equals(body)).toBe(true)
})

test('a body with a length is not chunked', async () => {
  const sized: Decision = { ...OK, headers: [['Content-Length', String(body.length)]] }
  const { response } = await exchange(() => {}, sized)
  expect(response).toMatchObject({ complete: true, chunks: undefined })
  expect(response?.body.equals(body)).toBe(true)
})

test('without bytes the response ends with its headers', async () => {
  const { response } = await exchange(() => {}, { ...OK, status: 304 }, Buffer.alloc(0))
  expect(response).toMatchObject({ status: 304, complete: true })
})

test('nothing is sent to a client that has disconnected', async () => {
  const { end } = await exchange((res) => res.destroy())
  expect(end).toMatchObject({ headersSent: false, aborted: true })
})

test('a response that a middleware ends in its writeHead is not changed', async () => {
  const { response } = await exchange((res) => {
    const { writeHead } = res
    res.writeHead = () => {
      res.writeHead = writeHead
      res.writeHead(503)
      return res.end('theirs')
    }
  })
  expect(response).toMatchObject({ status: 503, complete: true })
  expect(response?.body.toString()).toBe('theirs')
})

test('a response that a middleware destroys in its writeHead sends nothing', async () => {
  const { response, thrown } = await exchange((res) => {
    res.writeHead = () => res.destroy()
  })
  expect({ response, thrown }).toEqual({ response: undefined, thrown: undefined })
})

test('a middleware that replaces end in its writeHead gets bytes of its own', async () => {
  const bytes = Buffer.from('in the cache')
  const { response } = await exchange(
    (res) => {
      const { writeHead, end } = res
      res.writeHead = (status: number) => {
        const masked = (chunk: Uint8Array) => Reflect.apply(end, res, [chunk.fill(0x2a)])
        Object.assign(res, { end: masked })
        return Reflect.apply(writeHead, res, [status])
      }
    },
    OK,
    bytes,
  )
  expect(response?.body.toString()).toBe('************')
  expect(bytes.toString()).toBe('in the cache')
})

test('if the headers cannot be sent, another response can be', async () => {
  const { thrown, response } = await exchange((res) => {
    const { writeHead } = res
    res.writeHead = () => {
      res.writeHead = writeHead
      throw new Error('callback')
    }
  })
  expect(thrown).toMatchObject({ message: 'callback' })
  expect(response).toMatchObject({ status: 500 })
})

test('where the body fails the client knows that it is not whole', async () => {
  const { thrown, response } = await exchange((res) => {
    res.end = () => {
      throw new Error('callback')
    }
  })
  expect(thrown).toMatchObject({ message: 'callback' })
  expect(response?.complete ?? false).toBe(false)
})
