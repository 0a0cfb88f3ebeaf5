import { connect } from 'node:net'
import { parseResponses, type RawResponse } from '../../__tests__/support/raw-http.js'
import { GUARDED, PUBLIC_TEXT, SECRET } from './site.js'
import type { Vector } from './vectors.js'

/** What may be wrong with an answer, whoever gives it. */
export type Fault =
  | 'secret shown'
  | 'access control bypassed'
  | 'machine path shown'
  | 'server error'
  | 'redirect elsewhere'
  | 'header injected'
  | 'no response'
  | 'next response wrong'

export interface Finding {
  /** Of the answer to the vector; `undefined` where there was none. */
  readonly status: number | undefined
  readonly faults: readonly Fault[]
}

const PATIENCE_MS = 2000
// No file of the site is as large; /dev/zero has no end.
const ENOUGH_BYTES = 1024 * 1024

const NEXT = 'GET /public.txt HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'

/**
 * Sends a vector and, behind it on the same connection, an ordinary request; and looks at what comes
 * back. `machinePaths` are what no answer may contain.
 */
export async function probe(
  port: number,
  vector: Vector,
  machinePaths: readonly string[],
): Promise<Finding> {
  const bytes = await exchange(port, requestOf(vector) + NEXT)
  const faults = new Set<Fault>()
  const [answer, next] = responsesIn(bytes, vector.method)
  const text = bytes.toString('latin1')
  if (text.includes(SECRET)) faults.add('secret shown')
  if (text.includes(GUARDED)) faults.add('access control bypassed')
  if (machinePaths.some((path) => text.includes(path))) faults.add('machine path shown')
  if (answer === undefined) faults.add('no response')
  else judge(answer, faults)
  // An answer that closes the connection is the parser's: the request was not HTTP.
  const closed = answer?.headers.connection === 'close'
  const following = closed ? await ordinaryAnswer(port) : next
  if (!faults.has('no response') && !isPublicText(following)) faults.add('next response wrong')
  return { status: answer?.status, faults: [...faults] }
}

function judge({ status, headers, complete }: RawResponse, faults: Set<Fault>): void {
  if (status >= 500) faults.add('server error')
  if (!complete) faults.add('no response')
  if (headers['x-injected'] !== undefined) faults.add('header injected')
  const { location } = headers
  if (location !== undefined && !/^\/(?![/\\])[\x21-\x7e]*$/.test(location)) {
    faults.add('redirect elsewhere')
  }
}

async function ordinaryAnswer(port: number): Promise<RawResponse | undefined> {
  const [answer] = responsesIn(await exchange(port, NEXT), 'GET')
  return answer
}

/** None, where what came is not a row of responses: the next one may stand inside a body. */
function responsesIn(bytes: Buffer, method: string): RawResponse[] {
  try {
    return parseResponses(bytes, [method])
  } catch {
    return []
  }
}

function isPublicText(answer: RawResponse | undefined): boolean {
  return answer?.status === 200 && answer.complete && answer.body.toString() === PUBLIC_TEXT
}

function requestOf({ method, target, headers }: Vector): string {
  const host = headers.some((line) => line.startsWith('Host:')) ? [] : ['Host: localhost']
  return `${[`${method} ${target} HTTP/1.1`, ...host, ...headers].join('\r\n')}\r\n\r\n`
}

/** All that comes back until the server closes, or says nothing more. */
function exchange(port: number, request: string): Promise<Buffer> {
  return new Promise((resolve) => {
    const received: Buffer[] = []
    const socket = connect(port, '127.0.0.1', () => socket.write(request, 'latin1'))
    socket.setTimeout(PATIENCE_MS, () => socket.destroy())
    socket.on('data', (bytes) => {
      received.push(bytes)
      if (socket.bytesRead > ENOUGH_BYTES) socket.destroy()
    })
    socket.on('end', () => socket.end())
    // A refused or reset connection is no answer, which is all there is to say of it.
    socket.on('error', () => {})
    socket.on('close', () => resolve(Buffer.concat(received)))
  })
}
