import { parseArgs, types } from 'node:util'
import ms from 'ms'

/** What the command was asked to do. */
export type CommandLine =
  | { readonly kind: 'serve'; readonly settings: CommandSettings }
  | { readonly kind: 'help' | 'version' }
  | { readonly kind: 'invalid'; readonly message: string }

/** How to serve a directory. */
export interface CommandSettings {
  readonly directory: string
  readonly port: number
  readonly host: string
  /** How long clients may cache a file, in milliseconds, or by the name of the file. */
  readonly cache: number | 'fingerprinted'
  readonly cors: boolean
  readonly dotfiles: boolean
  /** Whether a directory without an index file gets a page that lists it. */
  readonly list: boolean
  readonly open: boolean
  readonly precompressed: boolean
  readonly quiet: boolean
  /** Whether a page without a file gets `index.html`. */
  readonly spa: boolean
}

export const HELP = `Usage: express-stream-files [options] [directory]

Serves the files below a directory, by default the working directory.

Options:
  -p, --port <number>     Port to listen on. 0: any free port (default: 3000)
      --host <address>    Address to listen on, such as 0.0.0.0 for all (default: 127.0.0.1)
  -s, --spa               Send index.html for every page without a file
      --precompressed     Send the .br, .zst or .gz version of a file to clients that accept it
      --cache <duration>  How long clients may cache a file, such as 1h or 7d (default: 0).
                          fingerprinted: a year for names with a hash of the content
      --cors              Let the pages of every origin read the files
      --dotfiles          Serve files whose names begin with a dot
      --no-list           Send 404 for a directory without index.html, not a list of its files
  -o, --open              Open the browser
  -q, --quiet             Print no request log
  -h, --help              Print this help
  -v, --version           Print the version
`

const OPTIONS = {
  port: { type: 'string', short: 'p', default: '3000' },
  host: { type: 'string', default: '127.0.0.1' },
  cache: { type: 'string', default: '0' },
  cors: { type: 'boolean', default: false },
  dotfiles: { type: 'boolean', default: false },
  'no-list': { type: 'boolean', default: false },
  open: { type: 'boolean', short: 'o', default: false },
  precompressed: { type: 'boolean', default: false },
  quiet: { type: 'boolean', short: 'q', default: false },
  spa: { type: 'boolean', short: 's', default: false },
  help: { type: 'boolean', short: 'h', default: false },
  version: { type: 'boolean', short: 'v', default: false },
} as const

// The names that serve, http-server and sirv-cli use.
const NAME_ELSEWHERE: Readonly<Record<string, string>> = {
  '--listen': '--port',
  '-l': '--port',
  '--address': '--host',
  '-a': '--host',
  '-H': '--host',
  '--maxage': '--cache',
  '-m': '--cache',
  '-c': '--cache',
  '-C': '--cors',
  '--single': '--spa',
  '--gzip': '--precompressed',
  '--brotli': '--precompressed',
  '--silent': '--quiet',
  '--no-request-logging': '--quiet',
  '-L': '--quiet',
  '-d': '--no-list',
}

const PORT_REQUIREMENT = '--port must be a number from 0 to 65535'
const HOST_REQUIREMENT = '--host must be an address or a name, such as 0.0.0.0'
const CACHE_REQUIREMENT = '--cache must be a duration such as 30s, 1h or 7d, or "fingerprinted"'

/** What the values of the options must be. */
const REQUIREMENTS: Readonly<Record<string, string>> = {
  '-p': PORT_REQUIREMENT,
  '--port': PORT_REQUIREMENT,
  '--host': HOST_REQUIREMENT,
  '--cache': CACHE_REQUIREMENT,
}

class InvalidArgument extends Error {}

/** Parses the arguments of the command. Never throws. */
export function parseCommandLine(args: readonly string[]): CommandLine {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: OPTIONS,
      allowPositionals: true,
    })
    if (values.help) return { kind: 'help' }
    if (values.version) return { kind: 'version' }
    const [directory = '.', ...others] = positionals
    if (others.length > 0) throw new InvalidArgument('only one directory can be served')
    if (directory === '') throw new InvalidArgument('the directory must not be an empty string')
    return {
      kind: 'serve',
      settings: {
        directory,
        port: readPort(values.port),
        host: readHost(values.host),
        cache: readCache(values.cache),
        cors: values.cors,
        dotfiles: values.dotfiles,
        list: !values['no-list'],
        open: values.open,
        precompressed: values.precompressed,
        quiet: values.quiet,
        spa: values.spa,
      },
    }
  } catch (error) {
    return { kind: 'invalid', message: messageOf(error) }
  }
}

function readPort(value: string): number {
  const port = /^\d{1,5}$/.test(value) ? Number(value) : Number.NaN
  if (port <= 65_535) return port
  throw new InvalidArgument(`${PORT_REQUIREMENT}, not "${value}"`)
}

function readHost(value: string): string {
  if (value !== '') return value
  throw new InvalidArgument(HOST_REQUIREMENT)
}

/** A number without a unit is refused: it means seconds elsewhere, and milliseconds in `maxAge`. */
function readCache(value: string): number | 'fingerprinted' {
  if (value === 'fingerprinted') return value
  if (value === '0') return 0
  const hasUnit = /^\d.*[a-z]$/i.test(value) && value.length <= 100
  const duration = hasUnit ? ms(value as ms.StringValue) : undefined
  if (duration !== undefined) return duration
  throw new InvalidArgument(`${CACHE_REQUIREMENT}, not "${value}"`)
}

function messageOf(error: unknown): string {
  if (error instanceof InvalidArgument) return error.message
  // Node.js explains in further sentences how to pass an argument that begins with a dash.
  const [message = ''] = (types.isNativeError(error) ? error.message : '').split(/\.\s/)
  // To Node.js a value that begins with a dash may be another option.
  const [, ambiguous = ''] = /^Option '(.*)' argument is ambiguous$/.exec(message) ?? []
  const requirement = REQUIREMENTS[ambiguous]
  if (requirement !== undefined) return requirement
  const [, option = ''] = /^Unknown option '(.*)'$/.exec(message) ?? []
  const known = NAME_ELSEWHERE[option]
  return known === undefined ? message : `${message}; did you mean ${known}?`
}
