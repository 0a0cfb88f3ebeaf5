import { readFileSync, writeFileSync } from 'node:fs'

/** A row for everything that was asked of a program: what it did without a length, and with one. */
export function table(sections) {
  const lines = ['| client | chunked (default) | `contentLength: true` |', '|---|---|---|']
  for (const { title, results } of sections) {
    lines.push(`| **${title}** | | |`)
    const [chunked, withLength] = results
    for (const [index, [question, answer]] of chunked.entries()) {
      lines.push(`| ${question} | ${answer} | ${withLength[index][1]} |`)
    }
  }
  return lines.join('\n')
}

export function bufferingTable(rows) {
  return [
    '| between nginx and the server | question | default | `X-Accel-Buffering: no` | `proxy_buffering off` |',
    '|---|---|---|---|---|',
    ...rows.map((cells) => `| ${cells.join(' | ')} |`),
  ].join('\n')
}

/** Puts a table in its place in a document, between two comments of the name. */
export function writeTable(file, name, text) {
  const begin = `<!-- ${name} -->`
  const end = `<!-- /${name} -->`
  const document = readFileSync(file, 'utf8')
  const [before] = document.split(begin)
  const [, after] = document.split(end)
  const made = `Node.js ${process.version}, ${new Date().toISOString().slice(0, 10)}:`
  writeFileSync(file, `${before}${begin}\n\n${made}\n\n${text}\n\n${end}${after}`)
}
