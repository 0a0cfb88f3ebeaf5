import type { OnOutcome, Outcome } from '../index.js'
import { escapeForTerminal, formatBytes, formatDuration } from './text-format.js'

/** The part of a terminal or a file that a log is written to. */
export interface LogStream {
  write(text: string): unknown
  readonly isTTY?: boolean
  hasColors?(): boolean
}

interface LoggedRequest {
  readonly method?: string | undefined
  readonly url?: string | undefined
}

const SGR = { red: 31, green: 32, yellow: 33, cyan: 36, dim: 2 }

/** Writes one line for each response: time, status, method, target, bytes and duration. */
export function requestLog(output: LogStream): OnOutcome {
  const colors = usesColors(output)
  return (outcome, req) => {
    output.write(`${logLine(outcome, req, new Date(), colors)}\n`)
  }
}

/** Whether it is a terminal with colors. `hasColors` knows `NO_COLOR` and `FORCE_COLOR`. */
export function usesColors(output: LogStream): boolean {
  return output.isTTY === true && output.hasColors?.() === true
}

export function logLine(outcome: Outcome, req: LoggedRequest, time: Date, colors: boolean): string {
  const paint = (color: keyof typeof SGR, text: string) =>
    colors ? `\x1b[${SGR[color]}m${text}\x1b[0m` : text
  const target = escapeForTerminal(req.url ?? '')
  const duration = formatDuration(outcome.durationMs)
  return [
    paint('dim', time.toTimeString().slice(0, 8)),
    paint(colorOf(outcome), String(outcome.status)),
    `${req.method} ${target}`,
    formatBytes(outcome.bytesSent),
    paint('dim', duration),
    ...(outcome.aborted ? [paint('yellow', 'aborted')] : []),
    ...(isBroken(outcome) ? [paint('red', `failed: ${outcome.error?.code ?? 'error'}`)] : []),
  ].join('  ')
}

function colorOf({ status, aborted, error }: Outcome): 'red' | 'yellow' | 'cyan' | 'green' {
  if (status >= 500 || (error !== undefined && status < 400)) return 'red'
  if (status >= 400 || aborted) return 'yellow'
  return status >= 300 ? 'cyan' : 'green'
}

/** Whether the connection was aborted because of a failure after the headers were sent. */
function isBroken({ status, aborted, error }: Outcome): boolean {
  return error !== undefined && !aborted && status < 400
}
