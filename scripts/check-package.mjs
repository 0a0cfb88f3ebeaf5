// Checks the package as its users get it: packed, unpacked beside its dependencies, imported,
// required and type-checked by both module systems, and linted by publint and attw.
import { execFileSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { runReadmePrograms } from './package/readme-programs.mjs'

const repo = dirname(dirname(fileURLToPath(import.meta.url)))
const {
  name,
  version,
  bin: bins,
  dependencies,
} = JSON.parse(readFileSync(join(repo, 'package.json'), 'utf8'))
const directory = mkdtempSync(join(tmpdir(), 'stream-files-package-'))

const run = (command, args, cwd) =>
  execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
const MAX_PACKED_BYTES = 150_000
const MAX_UNPACKED_BYTES = 750_000
const bin = (tool) => join(repo, 'node_modules', '.bin', tool)

try {
  const tarball = pack()
  console.log(run(bin('publint'), ['run', tarball, '--strict'], repo).trim())
  console.log(run(bin('attw'), [tarball, '--format', 'ascii'], repo).trim())
  install(tarball)
  useFromBothModuleSystems()
  useS3FromBothModuleSystems()
  runCommand()
  typeCheckInBothModuleSystems()
  await runReadmePrograms(tarball, repo)
  console.log('The packed tarball imports, requires, runs and type-checks.')
} finally {
  rmSync(directory, { recursive: true, force: true })
}

function pack() {
  const [{ filename, size, unpackedSize }] = JSON.parse(
    run('npm', ['pack', '--json', '--pack-destination', directory], repo),
  )
  console.log(`${size} bytes packed, ${unpackedSize} bytes unpacked.`)
  if (size > MAX_PACKED_BYTES || unpackedSize > MAX_UNPACKED_BYTES) {
    throw new Error(`At most ${MAX_PACKED_BYTES} and ${MAX_UNPACKED_BYTES} are allowed`)
  }
  return join(directory, filename)
}

/** Without the peer dependencies, which are optional. */
function install(tarball) {
  const modules = join(directory, 'node_modules')
  mkdirSync(modules)
  run('tar', ['-xzf', tarball], directory)
  cpSync(join(directory, 'package'), join(modules, name), { recursive: true })
  mkdirSync(join(modules, '@types'))
  for (const other of [...Object.keys(dependencies), '@types/node', 'undici-types']) link(other)
}

/** Installs a package of the repository beside the packed one. */
function link(other) {
  symlinkSync(join(repo, 'node_modules', other), join(directory, 'node_modules', other), 'junction')
}

function useFromBothModuleSystems() {
  const names = 'readChunks, streamFiles, streamResponse'
  const use = `const all = [${names}]
if (!all.every((one) => typeof one === 'function')) throw new Error('not all are functions')
streamFiles('.')
console.log(all.map((one) => one.name).join())`
  writeFileSync(join(directory, 'use.cjs'), `const { ${names} } = require('${name}')\n${use}\n`)
  writeFileSync(join(directory, 'use.mjs'), `import { ${names} } from '${name}'\n${use}\n`)
  writeFileSync(
    join(directory, 'same.mjs'),
    `import { createRequire } from 'node:module'
import { streamFiles } from '${name}'
if (createRequire(import.meta.url)('${name}').streamFiles !== streamFiles) throw new Error('two copies')`,
  )
  for (const file of ['use.cjs', 'use.mjs', 'same.mjs']) run(process.execPath, [file], directory)
}

/** The main entry point was used before without the AWS SDK. */
function useS3FromBothModuleSystems() {
  const use = `s3Source({ client: new S3Client({ region: 'us-east-1' }), bucket: 'b' }).file('a')`
  const files = {
    'use-s3.cjs': `const { S3Client } = require('@aws-sdk/client-s3')
const { s3Source } = require('${name}/s3')
${use}`,
    'use-s3.mjs': `import { S3Client } from '@aws-sdk/client-s3'
import { s3Source } from '${name}/s3'
${use}`,
  }
  for (const [file, code] of Object.entries(files)) writeFileSync(join(directory, file), code)
  mkdirSync(join(directory, 'node_modules', '@aws-sdk'))
  link('@aws-sdk/client-s3')
  for (const file of Object.keys(files)) run(process.execPath, [file], directory)
}

function runCommand() {
  const command = join('node_modules', name, bins[name])
  const printed = run(process.execPath, [command, '--version'], directory).trim()
  if (printed !== version) throw new Error(`The command says it is ${printed}, not ${version}`)
}

function typeCheckInBothModuleSystems() {
  const code = `import { type Outcome, readChunks, type StreamFilesHandler, streamFiles, type StreamFilesOptions, streamResponse } from '${name}'
import { s3Source } from '${name}/s3'
import { S3Client } from '@aws-sdk/client-s3'
import type { IncomingMessage, ServerResponse } from 'node:http'
const options: StreamFilesOptions = { maxAge: '1d', dotfiles: null, setHeaders: (res, path, stat) => res.setHeader(path, stat.size) }
const serve: StreamFilesHandler = streamFiles(new URL('file:///tmp'), options)
type Given = [req: IncomingMessage, res: ServerResponse]
export const bare = (...given: Given) => serve(...given)
export const connect = (...given: [...Given, next: (error?: any) => void]) => serve(...given)
export const h3 = (...given: [...Given, next: (error?: Error) => void]) => serve(...given)
export const strict = (...given: [...Given, next: (error?: unknown) => void]) => serve(...given)
interface ExpressNext { (error?: any): void; (deferToNext: 'router' | 'route'): void }
export const express = (...given: [...Given, next: ExpressNext]) => serve(...given)
export const sent = (res: ServerResponse): Promise<Outcome> => streamResponse(res, 'a', { download: true })
export const chunks: AsyncIterable<Buffer> = readChunks('a', { chunkSize: 1 })
export const objects = s3Source({ client: new S3Client({}), bucket: 'b', prefix: 'p/' })
// @ts-expect-error a missing option
s3Source({ client: new S3Client({}) })
// @ts-expect-error an option of a wrong type
streamFiles('.', { chunkSize: '64k' })
// @ts-expect-error an unknown option
streamFiles('.', { chunksize: 1 })
`
  writeFileSync(join(directory, 'types.cts'), code)
  writeFileSync(join(directory, 'types.mts'), code)
  const compilerOptions = {
    module: 'nodenext',
    target: 'es2022',
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
    types: ['node'],
  }
  writeFileSync(
    join(directory, 'tsconfig.json'),
    JSON.stringify({ compilerOptions, include: ['types.*'] }),
  )
  try {
    run(bin('tsc'), ['-p', directory], directory)
  } catch (error) {
    throw new Error(`The packed types do not check:\n${error.stdout}`)
  }
}
