import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import { version } from '../../package.json'
import { errnoOf } from '../errors.js'
import { isDirectory } from '../source/disk/read-directory.js'
import { type CommandSettings, HELP, parseCommandLine } from './command-line.js'
import { fileServer } from './file-server.js'
import { openBrowser } from './open-browser.js'
import { type LogStream, requestLog } from './request-log.js'
import { serverUrls } from './server-urls.js'
import { GracefulShutdown } from './shutdown.js'
import { escapeForTerminal } from './text-format.js'

const NAME = 'express-stream-files'

const FAILED = 1
const INVALID_ARGUMENTS = 2
const KILLED_BY_SIGINT = 130

/** The part of `process` that is used. */
export interface CommandProcess {
  readonly stdout: LogStream & Pick<NodeJS.EventEmitter, 'on'>
  readonly stderr: LogStream
  exitCode?: number | string | null | undefined
  on(signal: 'SIGINT' | 'SIGTERM', listener: () => void): unknown
  exit(code: number): void
}

/** Runs the command. Resolves when it listens, or with `exitCode` set if it does not. */
export async function run(args: readonly string[], program: CommandProcess): Promise<void> {
  const line = parseCommandLine(args)
  if (line.kind === 'serve') return serve(line.settings, program)
  if (line.kind === 'invalid') {
    return fail(program, `${line.message}; see ${NAME} --help`, INVALID_ARGUMENTS)
  }
  program.stdout.write(line.kind === 'help' ? HELP : `${version}\n`)
}

async function serve(settings: CommandSettings, program: CommandProcess): Promise<void> {
  const directory = resolve(settings.directory)
  if (!(await isDirectory(directory))) {
    return fail(program, `${settings.directory} is not a directory`, FAILED)
  }
  const log = settings.quiet ? undefined : requestLog(program.stdout)
  const server = createServer(fileServer({ ...settings, directory }, log))
  const shutdown = new GracefulShutdown(server)
  try {
    await listen(server, settings)
  } catch (error) {
    return fail(program, listenFailure(error, settings), FAILED)
  }
  // The reader of a pipe may end first: express-stream-files | head
  program.stdout.on('error', () => {})
  const { port } = server.address() as AddressInfo
  const urls = serverUrls(settings.host, port)
  program.stdout.write(
    `Serving ${escapeForTerminal(directory)} at\n${urls.map((url) => `  ${url}\n`).join('')}`,
  )
  endOnSignals(shutdown, program)
  if (settings.open) {
    openBrowser(urls[0] ?? '', () => program.stderr.write(`${NAME}: cannot open a browser\n`))
  }
}

async function listen(server: Server, { host, port }: CommandSettings): Promise<void> {
  server.listen(port, host)
  await once(server, 'listening')
}

function listenFailure(error: unknown, { host, port }: CommandSettings): string {
  const code = errnoOf(error)
  if (code === 'EADDRINUSE') return `port ${port} is in use; choose another one with --port`
  if (code === 'EACCES') return `port ${port} may not be used; choose another one with --port`
  return `cannot listen on ${host}:${port} (${code ?? error})`
}

// npm and npx pass on the SIGINT that the terminal has already sent to all their processes.
const SAME_SIGNAL_MS = 500

/** The first signal ends the server after its responses, the second one at once. */
function endOnSignals(shutdown: GracefulShutdown, program: CommandProcess): void {
  let firstAt: number | undefined
  const onSignal = () => {
    const now = performance.now()
    if (firstAt !== undefined) {
      if (now - firstAt > SAME_SIGNAL_MS) program.exit(KILLED_BY_SIGINT)
      return
    }
    firstAt = now
    void shutdown.close()
    const { pending } = shutdown
    if (pending === 0) return
    const responses = pending === 1 ? 'a response' : `${pending} responses`
    program.stdout.write(`Waiting for ${responses} to end. Press Ctrl-C again to end at once.\n`)
  }
  for (const signal of ['SIGINT', 'SIGTERM'] as const) program.on(signal, onSignal)
}

function fail(program: CommandProcess, message: string, exitCode: number): void {
  program.stderr.write(`${NAME}: ${escapeForTerminal(message)}\n`)
  program.exitCode = exitCode
}
