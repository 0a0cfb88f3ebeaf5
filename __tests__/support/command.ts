import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { builtPackage } from './built-package.js'
import { eventually } from './eventually.js'

/** The command in a process of its own. */
export interface RunningCommand {
  readonly process: ChildProcess
  readonly port: number
  stdout(): string
  stderr(): string
  /** The exit code, or the signal. */
  readonly exit: Promise<number | string>
}

/** The command as it is built. */
const command = () => join(builtPackage(), '../command.js')

/** Starts the command, and kills it if the test has not. */
export function startCommand(
  args: readonly string[],
  { env = {}, cwd }: { env?: NodeJS.ProcessEnv; cwd?: string } = {},
): Omit<RunningCommand, 'port'> {
  const child = spawn(process.execPath, [command(), ...args], {
    env: { ...process.env, ...env },
    cwd,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  started.push(child)
  let stdout = ''
  let stderr = ''
  child.stdout.on('data', (text) => {
    stdout += text
  })
  child.stderr.on('data', (text) => {
    stderr += text
  })
  return {
    process: child,
    stdout: () => stdout,
    stderr: () => stderr,
    exit: once(child, 'close').then(([code, signal]) => code ?? signal),
  }
}

/** Starts the command on a free port, and waits until it listens. */
export async function listeningCommand(
  args: readonly string[],
  options: Parameters<typeof startCommand>[1] = {},
): Promise<RunningCommand> {
  const running = startCommand(['--port', '0', ...args], options)
  const portOf = () => /^ {2}http:\/\/localhost:(\d+)\/$/m.exec(running.stdout())?.[1]
  const over = running.exit.then((exit) => {
    throw new Error(`It ended with ${exit}: ${running.stderr()}`)
  })
  await Promise.race([over, eventually(() => portOf() !== undefined)])
  over.catch(() => {})
  return { ...running, port: Number(portOf()) }
}

const started: ChildProcess[] = []

/** Kills every command that is still running: for `afterEach`. */
export function killCommands(): void {
  for (const child of started.splice(0)) child.kill('SIGKILL')
}
