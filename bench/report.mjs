// The tables and the chart, for the terminal and for docs/benchmarks.md.
import { readFileSync } from 'node:fs'
import { cpus, release, totalmem } from 'node:os'
import { fileURLToPath } from 'node:url'
import { median } from './load.mjs'
import { mebibytes, ratioOf } from './measure.mjs'
import { capture, pinning } from './processes.mjs'

const measures = {
  requests: 'requests/s',
  bytes: 'bytes/s',
  cpuPerByte: 'CPU per byte',
  memory: 'memory',
  milliseconds: 'time',
}

export function targetTable(targets) {
  const lines = ['| work | measure | target | measured | met |', '|---|---|---|---|---|']
  for (const target of targets) {
    const bound = target.least === undefined ? `≤ ${target.most}` : `≥ ${target.least}`
    const wanted = target.text ?? `${bound} × ${target.versus}`
    const measured =
      target.value ?? (target.ratio === undefined ? 'not run' : `${target.ratio.toFixed(2)} ×`)
    const met = target.met === undefined ? '–' : target.met ? 'yes' : '**no**'
    lines.push(
      `| ${target.title} | ${measures[target.measure]} | ${wanted} | ${measured} | ${met} |`,
    )
  }
  return lines.join('\n')
}

/** Every contender of a row of throughput: what it did, and as a ratio to express.static. */
export function rowTable({ row, results, failures }) {
  const base = results.has('express.static') ? 'express.static' : row.subject
  const lines = [
    `### ${row.title}`,
    '',
    `| server | ${measures[row.shown]} | × ${base} | CPU per byte, × ${base} |`,
    '|---|---:|---:|---:|',
  ]
  for (const [name, samples] of results) {
    const cpu = row.shown === 'bytes' ? format(ratioOf(results, name, base, 'cpuPerByte')) : '–'
    const value = median(samples.map((sample) => sample[row.shown]))
    const shown =
      row.shown === 'bytes' ? `${mebibytes(value)}/s` : Math.round(value).toLocaleString('en')
    lines.push(
      `| ${name} | ${shown} | ${format(ratioOf(results, name, base, row.shown))} | ${cpu} |`,
    )
  }
  for (const [name, reason] of failures)
    lines.push(`| ${name} | could not run: ${reason} | – | – |`)
  return lines.join('\n')
}

export function memoryTable({ title, grown }) {
  const lines = [`### ${title}`, '', '| server | grown by |', '|---|---:|']
  for (const [name, bytes] of grown) lines.push(`| ${name} | ${mebibytes(bytes)} |`)
  return lines.join('\n')
}

export function timeTable({ title, taken }) {
  const lines = [`### ${title}`, '', '| server | median |', '|---|---:|']
  for (const [name, samples] of taken) {
    const value = median(samples.map(({ milliseconds }) => milliseconds))
    lines.push(`| ${name} | ${value.toFixed(2)} ms |`)
  }
  return lines.join('\n')
}

function format(ratio) {
  return ratio === undefined ? '–' : ratio.toFixed(2)
}

/**
 * Machine and versions, since no figure means anything without them.
 *
 * @param processes how many processes of each server took part, one after the other
 */
export function environment(rounds, seconds, processes = 1) {
  const each = typeof seconds === 'number' ? `${seconds} s` : seconds
  const fresh = processes === 1 ? '' : `, in ${processes} processes of each server`
  const cores = pinning
    ? `server on cores ${pinning.server}, load generator on cores ${pinning.load}`
    : 'server and load generator share the cores'
  const peers = readManifest('package.json').dependencies
  const versions = Object.keys(peers)
    .map((name) => `${name} ${readManifest(`node_modules/${name}/package.json`).version}`)
    .join(', ')
  const python = capture('/usr/bin/python3', [
    '-c',
    'import fastapi, uvicorn; print(f"FastAPI {fastapi.__version__}, uvicorn {uvicorn.__version__}")',
  ])
  return [
    `- ${new Date().toISOString().slice(0, 10)}, ${cpus()[0]?.model.trim()}, ${cpus().length} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release().split('-')[0]}`,
    `- ${cores}`,
    `- Node.js ${process.versions.node}, ${versions}`,
    `- ${capture('/usr/sbin/nginx', ['-v'])?.replace('nginx version: ', '') ?? 'no nginx'}, ${python ?? 'no FastAPI'}, ${capture('sh', ['-c', 'wrk -v 2>&1 | head -1; true'])?.split(' [')[0]}`,
    `- median of ${rounds * processes} interleaved rounds of ${each} each${fresh}; a ratio is the median of the rounds' ratios`,
  ].join('\n')
}

function readManifest(path) {
  return JSON.parse(readFileSync(fileURLToPath(new URL(path, import.meta.url)), 'utf8'))
}

const COLOURS = { subject: '#0f766e', 'express.static': '#64748b', other: '#cbd5e1' }

/** A bar for every server of every row, as a ratio to express.static. */
export function chart(rows) {
  const bars = []
  let y = 28
  for (const { row, results } of rows.filter(({ results }) => results.has('express.static'))) {
    bars.push(text(8, y, row.title, 'font-weight="600"'))
    y += 8
    const ratios = [...results.keys()].map((name) => [
      name,
      ratioOf(results, name, 'express.static', row.shown),
    ])
    const longest = Math.max(...ratios.map(([, ratio]) => ratio))
    for (const [name, ratio] of ratios) {
      const width = Math.max((ratio / longest) * 420, 1)
      const colour = COLOURS[name === row.subject ? 'subject' : name] ?? COLOURS.other
      bars.push(text(232, y + 11, name, 'text-anchor="end"'))
      bars.push(
        `<rect x="240" y="${y}" width="${width.toFixed(1)}" height="14" rx="2" fill="${colour}"/>`,
      )
      bars.push(text(246 + width, y + 11, `${ratio.toFixed(2)} ×`))
      y += 18
    }
    y += 26
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 740 ${y}" font-family="system-ui, sans-serif" font-size="12" role="img" aria-label="Throughput as a ratio to express.static">
<rect width="740" height="${y}" fill="#fff"/>
${bars.join('\n')}
</svg>
`
}

function text(x, y, content, attributes = '') {
  return `<text x="${Number(x).toFixed(0)}" y="${y}" ${attributes} fill="#0f172a">${content}</text>`
}
