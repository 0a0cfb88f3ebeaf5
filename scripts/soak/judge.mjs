// What is counted of the clients, and what is right.
import { CONSTANT, isOfOneVersion, versionsIn } from './content.mjs'

export const counts = {
  visits: 0,
  requests: 0,
  http2: 0,
  proxied: 0,
  whole: 0,
  left: 0,
  cutOff: 0,
  refused: 0,
  hung: 0,
  lies: 0,
}

/** What was wrong, in words. */
export const lies = new Set()

/** The visits that hung, by what they did. */
export const hangs = new Set()

export function countHang(visit) {
  counts.hung++
  hangs.add(visit)
}

/**
 * Counts a response; `undefined` where the connection or stream ended before it did. Returns whether
 * the next may follow on the connection.
 */
export function judge(response, method, name, statuses) {
  if (response === undefined) {
    counts.cutOff++
    return false
  }
  if (response.status >= 500) {
    counts.refused++
    return true
  }
  const problem = problemOf(response, method, name, statuses)
  if (problem === undefined) {
    counts.whole++
    return true
  }
  counts.lies++
  lies.add(problem)
  return false
}

function problemOf({ status, headers, body }, method, name, statuses) {
  if (!statuses.includes(status)) return `${status} and not ${statuses.join(' or ')} to ${name}`
  if (method === 'HEAD' || status === 304 || status >= 400) return undefined
  if (/^multipart/.test(headers['content-type'] ?? '')) return undefined
  if (!isOfOneVersion(body, name)) {
    return `${status}, ${body.length} bytes that are not one version of ${name}: ${versionsIn(body)}`
  }
  if (status === 200 && name in CONSTANT && body.length !== CONSTANT[name]) {
    return `${body.length} bytes of ${name}, whole as it seemed`
  }
  return undefined
}
