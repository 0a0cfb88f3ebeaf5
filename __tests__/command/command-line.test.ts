import { HELP, parseCommandLine } from '../../lib/command/command-line.js'

const DEFAULTS = {
  directory: '.',
  port: 3000,
  host: '127.0.0.1',
  cache: 0,
  cors: false,
  dotfiles: false,
  list: true,
  open: false,
  precompressed: false,
  quiet: false,
  spa: false,
}

test.each<[string, object]>([
  ['', {}],
  ['public', { directory: 'public' }],
  ['-- -public', { directory: '-public' }],
  ['--port 0', { port: 0 }],
  ['--port=65535 public', { port: 65_535, directory: 'public' }],
  ['-p 8080', { port: 8080 }],
  ['-p8080', { port: 8080 }],
  ['--host ::', { host: '::' }],
  ['--cache 1h', { cache: 3_600_000 }],
  ['--cache 7d', { cache: 604_800_000 }],
  ['--cache 0', { cache: 0 }],
  ['--cache fingerprinted', { cache: 'fingerprinted' }],
  ['--spa --precompressed', { spa: true, precompressed: true }],
  ['-s', { spa: true }],
  ['--cors --dotfiles --no-list', { cors: true, dotfiles: true, list: false }],
  ['-oq', { open: true, quiet: true }],
])('%j', (line, settings) => {
  const args = line === '' ? [] : line.split(' ')
  expect(parseCommandLine(args)).toEqual({ kind: 'serve', settings: { ...DEFAULTS, ...settings } })
})

test.each([
  ['--help', 'help'],
  ['-h', 'help'],
  ['public --help --port 1', 'help'],
  ['--version', 'version'],
  ['-v', 'version'],
])('%s', (line, kind) => {
  expect(parseCommandLine(line.split(' '))).toEqual({ kind })
})

test.each([
  ['--port abc', '--port must be a number from 0 to 65535, not "abc"'],
  ['--port 65536', '--port must be a number from 0 to 65535, not "65536"'],
  ['--port=-1', '--port must be a number from 0 to 65535, not "-1"'],
  ['--port=', '--port must be a number from 0 to 65535, not ""'],
  ['--port -1', '--port must be a number from 0 to 65535'],
  ['-p --cors', '--port must be a number from 0 to 65535'],
  ['--host -h', '--host must be an address or a name, such as 0.0.0.0'],
  ['--cache -1s', '--cache must be a duration such as 30s, 1h or 7d, or "fingerprinted"'],
  ['--port', "Option '-p, --port <value>' argument missing"],
  ['--host=', '--host must be an address or a name, such as 0.0.0.0'],
  [
    '--cache often',
    '--cache must be a duration such as 30s, 1h or 7d, or "fingerprinted", not "often"',
  ],
  [
    '--cache 3600',
    '--cache must be a duration such as 30s, 1h or 7d, or "fingerprinted", not "3600"',
  ],
  [
    '--cache=-1s',
    '--cache must be a duration such as 30s, 1h or 7d, or "fingerprinted", not "-1s"',
  ],
  [
    '--cache 1parsec',
    '--cache must be a duration such as 30s, 1h or 7d, or "fingerprinted", not "1parsec"',
  ],
  ['--cors=yes', "Option '--cors' does not take an argument"],
  ['--prot 1', "Unknown option '--prot'"],
  ['-x', "Unknown option '-x'"],
  ['--listen 3000', "Unknown option '--listen'; did you mean --port?"],
  ['--single', "Unknown option '--single'; did you mean --spa?"],
  ['--silent', "Unknown option '--silent'; did you mean --quiet?"],
  ['one two', 'only one directory can be served'],
  // What a shell makes of a variable that is not set: "$DIRECTORY".
  ['', 'the directory must not be an empty string'],
])('%s is invalid', (line, message) => {
  expect(parseCommandLine(line.split(' '))).toEqual({ kind: 'invalid', message })
})

test('a very long duration is invalid', () => {
  expect(parseCommandLine(['--cache', `1${' '.repeat(1e6)}s`])).toMatchObject({ kind: 'invalid' })
})

test('the help has every option that is parsed', () => {
  for (const [option] of HELP.matchAll(/--[a-z-]+/g)) {
    expect(parseCommandLine([option, '1'])).not.toMatchObject({
      message: expect.stringContaining('Unknown'),
    })
  }
  expect([...HELP.matchAll(/--[a-z-]+/g)]).toHaveLength(12)
})
