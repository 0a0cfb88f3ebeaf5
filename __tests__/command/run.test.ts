import { EventEmitter, once } from 'node:events'
import { createServer } from 'node:net'
import { basename, dirname, join } from 'node:path'
import { HELP } from '../../lib/command/command-line.js'
import { run } from '../../lib/command/run.js'
import { version } from '../../package.json'
import { disconnected, firstBytes, ask as openRequest, restOf } from '../support/clients.js'
import { killCommands, listeningCommand } from '../support/command.js'
import { eventually } from '../support/eventually.js'
import { directoryOf, patternOf, removeDirectories } from '../support/files.js'
import { parseResponses, request } from '../support/raw-http.js'

const large = patternOf(64 * 1024 * 1024)
const directory = directoryOf({ 'a.txt': 'text', 'large.bin': large })

afterEach(killCommands)
afterAll(removeDirectories)

class FakeProcess extends EventEmitter {
  readonly written = { stdout: '', stderr: '' }
  readonly stdout = Object.assign(new EventEmitter(), {
    write: (text: string) => {
      this.written.stdout += text
    },
  })
  readonly stderr = {
    write: (text: string) => {
      this.written.stderr += text
    },
  }
  exitCode: number | string | null | undefined
  exit(code: number): void {
    this.emit('exit', code)
  }
}

async function ran(...args: string[]) {
  const program = new FakeProcess()
  await run(args, program)
  return { ...program.written, exitCode: program.exitCode }
}

test('--help and --version', async () => {
  expect(await ran('--help')).toEqual({ stdout: HELP, stderr: '', exitCode: undefined })
  expect(await ran('-v')).toEqual({ stdout: `${version}\n`, stderr: '', exitCode: undefined })
})

test('an invalid argument is one line and exit code 2', async () => {
  expect(await ran('--port', '\x1b[31m')).toEqual({
    stdout: '',
    stderr:
      'express-stream-files: --port must be a number from 0 to 65535, not "\\u{1b}[31m"; see express-stream-files --help\n',
    exitCode: 2,
  })
})

test.each(['none', 'a.txt'])(
  '%s, which is no directory, is one line and exit code 1',
  async (name) => {
    const path = join(directory, name)
    const stderr = `express-stream-files: ${path} is not a directory\n`
    expect(await ran(path)).toEqual({ stdout: '', stderr, exitCode: 1 })
  },
)

test('a port in use is one line and exit code 1', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as { port: number }
  const stderr = `express-stream-files: port ${port} is in use; choose another one with --port\n`
  expect(await ran(directory, '-p', String(port))).toEqual({ stdout: '', stderr, exitCode: 1 })
  other.close()
})

test('a host that is not of this machine is one line and exit code 1', async () => {
  const stderr = 'express-stream-files: cannot listen on 192.0.2.1:0 (EADDRNOTAVAIL)\n'
  const host = ['--host', '192.0.2.1', '--port', '0']
  expect(await ran(directory, ...host)).toEqual({ stdout: '', stderr, exitCode: 1 })
})

test('in one process: it serves, logs, and ends on SIGINT', async () => {
  const program = new FakeProcess()
  await run([directory, '--port', '0'], program)
  const [, port] = /localhost:(\d+)/.exec(program.written.stdout) ?? []
  const response = await request(Number(port), '/a.txt')
  expect(response.body.toString()).toBe('text')
  await eventually(() => program.written.stdout.includes('200  GET /a.txt  4 B'))
  const client = await openRequest(Number(port), '/large.bin')
  await firstBytes(client)
  // npm passes on the signal that the terminal has sent too.
  const exits: number[] = []
  program.on('exit', (code) => exits.push(code))
  program.emit('SIGINT')
  program.emit('SIGINT')
  const exitsOfTwo = [...exits]
  const again = setInterval(() => program.emit('SIGINT'), 50)
  await eventually(() => exits.length > exitsOfTwo.length)
  clearInterval(again)
  await disconnected(client, 'RST')
  expect(exitsOfTwo).toEqual([])
  expect(exits).toEqual([130])
  expect(program.written.stdout).toContain('Waiting for a response to end.')
})

test('the working directory is served by default', async () => {
  const cwd = dirname(directory)
  const { port } = await listeningCommand([], { cwd })
  const { body } = await request(port, `/${basename(directory)}/a.txt`)
  expect(body.toString()).toBe('text')
})

test('only this machine can connect unless told otherwise', async () => {
  const { stdout } = await listeningCommand([directory])
  expect(stdout().split('\n')).toHaveLength(3)
  const open = await listeningCommand([directory, '--host', '0.0.0.0'])
  expect(open.stdout()).toMatch(/^ {2}http:\/\/localhost:\d+\/$/m)
})

test('the log has a line for each response, and --quiet has none', async () => {
  const { port, stdout } = await listeningCommand([directory])
  await request(port, '/a.txt')
  await request(port, '/none')
  await request(port, '/%1B[31m%0A')
  const client = await openRequest(port, '/large.bin')
  await firstBytes(client)
  await disconnected(client, 'RST')
  await eventually(() => stdout().includes('aborted'))
  expect(stdout().split('\n').slice(2)).toEqual([
    expect.stringMatching(/^\d\d:\d\d:\d\d {2}200 {2}GET \/a\.txt {2}4 B {2}\d+ ms$/),
    expect.stringMatching(/ {2}404 {2}GET \/none {2}14 B /),
    expect.stringMatching(/ {2}404 {2}GET \/%1B\[31m%0A {2}14 B /),
    expect.stringMatching(/ {2}200 {2}GET \/large\.bin {2}[\d.]+ .B {2}.* {2}aborted$/),
    '',
  ])
  const quiet = await listeningCommand(['--quiet', directory])
  await request(quiet.port, '/a.txt')
  quiet.process.kill('SIGTERM')
  expect(await quiet.exit).toBe(0)
  expect(quiet.stdout().split('\n')).toHaveLength(3)
})

test('Ctrl-C lets a slow download finish, and then ends the process', async () => {
  const { port, process, exit, stdout } = await listeningCommand([directory])
  const client = await openRequest(port, '/large.bin')
  const start = await firstBytes(client)
  process.kill('SIGINT')
  await eventually(() => stdout().includes('Waiting for a response to end.'))
  const { bytes } = await restOf(client)
  const [response] = parseResponses(Buffer.concat([start, bytes]))
  expect(response?.body.equals(large)).toBe(true)
  expect(await exit).toBe(0)
})

test('a second Ctrl-C ends the process at once', async () => {
  const { port, process, exit } = await listeningCommand([directory])
  const client = await openRequest(port, '/large.bin')
  await firstBytes(client)
  const again = setInterval(() => process.kill('SIGINT'), 50)
  expect(await exit).toBe(130)
  clearInterval(again)
})

test('the reader of its output may end first', async () => {
  const { port, process } = await listeningCommand([directory])
  process.stdout?.destroy()
  for (let count = 0; count < 3; count++) {
    expect((await request(port, '/a.txt')).body.toString()).toBe('text')
  }
})
