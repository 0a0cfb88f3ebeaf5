// Runs the programs of the README as a new user would: in an empty directory with the packed tarball and Express
// installed, as ECMAScript modules, as CommonJS, and as TypeScript with both kinds of module resolution.
import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'

const REPORT = 'id,name\n1,one\n'
const FILES = {
  'public/index.html': '<h1>Hello</h1>\n',
  'data/report.csv': REPORT,
  'data/invoices/one.txt': 'Invoice one\n',
  'data/app.log': 'first line\n',
}

/** What each route of the programs responds with. */
const CHECKS = {
  "'public'": async (url) => {
    const response = await fetch(url)
    assert.equal(response.headers.get('content-type'), 'text/html; charset=utf-8')
    assert.equal(await response.text(), FILES['public/index.html'])
  },
  "'/report'": async (url) => assert.equal(await textOf(`${url}report`), REPORT),
  "'/export'": async (url) => {
    const response = await fetch(`${url}export`)
    assert.equal(response.headers.get('content-disposition'), 'attachment; filename=Report.csv')
    assert.equal(await response.text(), REPORT)
  },
  "'/invoices/:name'": async (url) => {
    assert.equal(await textOf(`${url}invoices/one.txt`), 'Invoice one\n')
    assert.equal((await fetch(`${url}invoices/..%2freport.csv`)).status, 403)
    const missing = await fetch(`${url}invoices/none`)
    assert.deepEqual([missing.status, await missing.text()], [404, 'Something went wrong'])
  },
  "'/rows'": async (url) => {
    const response = await fetch(`${url}rows`)
    assert.equal(response.headers.get('content-type'), 'text/csv; charset=utf-8')
    assert.equal(await response.text(), '1,row 1\n2,row 2\n3,row 3\n')
  },
  "'/clock'": (url) => receive(`${url}clock`, /^data: "20.*Z"$/m),
  "'/log'": async (url, directory) => {
    const log = receive(`${url}log`, /first line\nsecond line\n/)
    appendFileSync(join(directory, 'data/app.log'), 'second line\n')
    await log
  },
}

/**
 * @param {string} tarball
 * @param {string} repo
 */
export async function runReadmePrograms(tarball, repo) {
  const directory = mkdtempSync(join(tmpdir(), 'stream-files-readme-'))
  try {
    install(directory, tarball)
    const programs = programsOf(readFileSync(join(repo, 'README.md'), 'utf8'))
    for (const [file, code] of writePrograms(directory, programs)) {
      writeData(directory)
      await check(directory, file, code)
    }
    console.log(`${programs.length} programs of the README run in every module system.`)
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

function install(directory, tarball) {
  writeFileSync(join(directory, 'package.json'), '{ "private": true }\n')
  const packages = [tarball, 'express', 'typescript', '@types/express', '@types/node@20']
  const args = ['install', '--prefer-offline', '--no-audit', '--no-fund', ...packages]
  execFileSync('npm', args, { cwd: directory, stdio: ['ignore', 'ignore', 'inherit'] })
}

function programsOf(readme) {
  const blocks = [...readme.matchAll(/^```(js|ts)\n(.*?)^```$/gms)]
  return blocks
    .map(([, language, code]) => ({ language, code }))
    .filter(({ code }) => code.includes('.listen(3000)'))
}

/** A file for each program and module system. TypeScript is compiled. */
function writePrograms(directory, programs) {
  return programs.flatMap(({ language, code }, i) => {
    // Any free port, which is printed.
    const anyPort = code.replace('.listen(3000)', '.listen(0, listening)')
    const program = `${anyPort}\n${LISTENING[language]}`
    if (language === 'ts') return compile(directory, `program${i}`, program)
    const variants = { [`program${i}.mjs`]: program, [`program${i}.cjs`]: toCommonJs(program) }
    for (const [file, text] of Object.entries(variants)) writeFileSync(join(directory, file), text)
    return Object.entries(variants)
  })
}

const LISTENING = {
  js: 'function listening() { console.log(this.address().port) }\n',
  ts: `function listening(this: { address(): unknown } | void) {
  console.log((this as unknown as { address(): { port: number } }).address().port)
}
`,
}

function toCommonJs(code) {
  return code
    .replace(/^import (\w+) from ('.*')$/gm, 'const $1 = require($2)')
    .replace(/^import (\{.*\}) from ('.*')$/gm, 'const $1 = require($2)')
}

function compile(directory, name, code) {
  const resolutions = { node16: 'node16', bundler: 'esnext' }
  return Object.entries(resolutions).map(([moduleResolution, module]) => {
    const file = `${name}-${moduleResolution}.mts`
    writeFileSync(join(directory, file), code)
    const options = { module, moduleResolution, target: 'es2022', types: 'node' }
    const args = Object.entries(options).flatMap(([option, value]) => [`--${option}`, value])
    const tsc = join(directory, 'node_modules/.bin/tsc')
    execFileSync(tsc, ['--strict', ...args, file], { cwd: directory, stdio: 'inherit' })
    return [file.replace('.mts', '.mjs'), code]
  })
}

function writeData(directory) {
  for (const [name, content] of Object.entries(FILES)) {
    mkdirSync(join(directory, name, '..'), { recursive: true })
    writeFileSync(join(directory, name), content)
  }
}

async function check(directory, file, code) {
  const server = spawn(process.execPath, [file], {
    cwd: directory,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const errors = []
  server.stderr.on('data', (text) => errors.push(String(text)))
  try {
    const url = `http://127.0.0.1:${await portOf(server)}/`
    for (const [route, use] of Object.entries(CHECKS)) {
      if (code.includes(route)) await use(url, directory)
    }
    assert.deepEqual(errors, [])
  } catch (error) {
    throw new Error(`The README's ${file} failed:\n${errors.join('')}`, { cause: error })
  } finally {
    server.kill()
    await once(server, 'exit')
  }
}

async function portOf(server) {
  for await (const line of createInterface(server.stdout)) return Number(line)
  throw new Error('It ended before it listened')
}

async function textOf(url) {
  return (await fetch(url)).text()
}

/** Reads a response that has no end until it contains what is expected. */
async function receive(url, expected) {
  const response = await fetch(url, { signal: AbortSignal.timeout(60_000) })
  let text = ''
  for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += chunk
    if (expected.test(text)) return
  }
  throw new Error(`${url} ended with ${JSON.stringify(text)}`)
}
