// One line of log for every response, however it ended: log.info where it is nobody's fault.
import pino from 'pino'

const log = pino()

/** For the option `onOutcome`. */
export function logOutcome({ error, ...outcome }, req) {
  const entry = { method: req.method, url: req.originalUrl ?? req.url, ...outcome }
  if (outcome.aborted) log.info(entry, error ? 'client stalled' : 'client disconnected')
  else if (error === undefined) log.info(entry, 'response sent')
  else if (error.status < 500) log.info(entry, 'response refused')
  else log.error({ ...entry, err: error }, 'response failed')
}
