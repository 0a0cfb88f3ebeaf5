import { readFileSync, writeFileSync } from 'node:fs'
import { MIB } from './content.mjs'

const BEGIN = '<!-- soak -->'
const END = '<!-- /soak -->'

// The pool of large buffers, the files kept in memory, and what is being collected.
const BUFFERS_AT_MOST = 64 * MIB

const mib = (bytes) => `${Math.round(bytes / MIB)} MiB`

/** @type {[string, (result: any) => unknown][]} */
const rows = [
  ['requests', ({ clients }) => clients.requests],
  ['… of them over HTTP/2', ({ clients }) => clients.http2],
  ['… of them through nginx', ({ clients }) => clients.proxied],
  ['clients that disconnected', ({ clients }) => clients.left],
  ['file changes', ({ changes }) => changes],
  ['correct responses', ({ clients }) => clients.whole],
  ['truncated bodies that the client could detect', ({ clients }) => clients.cutOff],
  ['refused with 5xx', ({ clients }) => clients.refused],
  ['**wrong responses that looked right**', ({ clients }) => clients.lies],
  ['**clients left hanging**', ({ clients }) => clients.hung],
  ['calls that never settled', ({ after }) => after.unsettled],
  ['errors passed to the error handler', ({ after }) => after.handed],
  ['log lines', ({ logLines }) => logLines],
  ['peak memory', ({ peak }) => mib(peak.memory)],
  ['memory afterwards', ({ after }) => mib(after.memory)],
  ['peak descriptors', ({ peak }) => peak.descriptors],
  [
    'descriptors before and after',
    ({ before, after }) => `${before.descriptors}, ${after.descriptors}`,
  ],
  ['sockets before and after', ({ before, after }) => `${before.sockets}, ${after.sockets}`],
]

/** What this package promises whatever happens, and did not hold. */
export function brokenPromises({ clients, before, after, survived, logLines, log }) {
  const promises = [
    [survived, 'the server lives'],
    [clients.requests > 0 && clients.left > 0, 'there was a load'],
    [clients.http2 > 0, 'there was a load over HTTP/2'],
    [clients.cutOff > 0, 'files changed while they were sent'],
    [clients.lies === 0, `no wrong response looks right: ${clients.examples.join('; ')}`],
    [clients.hung === 0, 'no client is left hanging'],
    [after.unsettled === 0, 'every promise settles'],
    [after.descriptors <= before.descriptors, 'every descriptor is closed'],
    [after.sockets <= before.sockets, 'every socket is closed'],
    [after.buffers <= BUFFERS_AT_MOST, `no more than ${mib(BUFFERS_AT_MOST)} of buffers stay`],
    [logLines === 0, `nothing is logged: ${log.slice(0, 500)}`],
  ]
  return promises.filter(([held]) => !held).map(([, promise]) => promise)
}

function table(results) {
  const line = (cells) => `| ${cells.join(' | ')} |`
  return [
    line(['', ...results.map(({ contender }) => contender)]),
    line(['---', ...results.map(() => '--:')]),
    ...rows.map(([title, cell]) => line([title, ...results.map((result) => cell(result))])),
  ].join('\n')
}

export function print(results) {
  console.log(table(results))
  for (const { contender, clients } of results) {
    for (const example of clients.examples) console.log(`${contender}: ${example}`)
    for (const visit of clients.hangs) console.log(`${contender}: hung: ${visit}`)
  }
}

/** Puts the table in its place in a document. */
export function writeTable(results, file) {
  const text = readFileSync(file, 'utf8')
  const [head] = text.split(BEGIN)
  const [, tail] = text.split(END)
  const [{ seconds }] = results
  const made = `${seconds} seconds each, Node.js ${process.version}, ${new Date().toISOString().slice(0, 10)}:`
  writeFileSync(file, `${head}${BEGIN}\n\n${made}\n\n${table(results)}\n\n${END}${tail}`)
}
