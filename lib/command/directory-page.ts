import { createHash } from 'node:crypto'
import type { DirectoryEntryDetails } from '../source/disk/read-directory.js'
import { escapeHtml, formatBytes, formatTime } from './text-format.js'

const STYLE = `
:root { color-scheme: light dark; --text: #1c2024; --muted: #60646c; --link: #0b5cad; --line: #e3e5e9; --page: #fff; --hover: #f4f6f9 }
@media (prefers-color-scheme: dark) {
  :root { --text: #e8eaed; --muted: #a0a6ae; --link: #7cb8ff; --line: #2b3038; --page: #121417; --hover: #1b1f24 }
}
body { margin: 0 auto; max-width: 60rem; padding: 2rem 1.25rem 4rem; background: var(--page); color: var(--text);
  font: 1rem/1.5 system-ui, sans-serif }
h1 { margin: 0 0 1.25rem; font-size: 1.25rem; font-weight: 600; overflow-wrap: anywhere }
h1 a + a::before { content: "/"; padding: 0 .35em; color: var(--muted); display: inline-block }
a { color: var(--link); text-decoration: none; border-radius: 3px }
a:hover { text-decoration: underline }
a:focus-visible { outline: 2px solid var(--link); outline-offset: 2px }
table { width: 100%; border-collapse: collapse; font-variant-numeric: tabular-nums }
th { text-align: start; font-size: .8125rem; font-weight: 500; color: var(--muted) }
th, td { padding: .4rem .5rem; border-bottom: 1px solid var(--line) }
tbody tr:hover { background: var(--hover) }
td:first-child { overflow-wrap: anywhere }
td:first-child a { display: block }
.directory { font-weight: 600 }
.size, .time { white-space: nowrap; text-align: end; color: var(--muted) }
.time { width: 10rem }
@media (max-width: 34rem) { .time { display: none } }
p { color: var(--muted) }
`

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64')

/** The headers of a directory page: nothing but its own style is loaded, whatever the names contain. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'Cache-Control': 'no-cache',
  'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; img-src data:; base-uri 'none'; form-action 'none'`,
  'X-Content-Type-Options': 'nosniff',
}

/**
 * The page that lists a directory, as pieces of HTML.
 *
 * @param directory the name of the directory below the root, `''` for the root
 * @param batches the entries in their order on the page
 */
export async function* directoryPage(
  directory: string,
  batches: AsyncIterable<readonly DirectoryEntryDetails[]>,
): AsyncGenerator<string> {
  yield beginning(directory)
  let count = 0
  for await (const batch of batches) {
    count += batch.length
    yield batch.map(row).join('')
  }
  yield `</tbody></table>${count === 0 ? '<p>This directory is empty.</p>' : ''}</body></html>\n`
}

function beginning(directory: string): string {
  const segments = directory === '' ? [] : directory.split('/')
  const title = escapeHtml(`Index of /${segments.map((segment) => `${segment}/`).join('')}`)
  const parent =
    segments.length === 0
      ? ''
      : '<tr><td class="directory"><a href="../">../</a></td><td></td><td class="time"></td></tr>'
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${title}</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
<style>${STYLE}</style></head>
<body><h1>${breadcrumbs(segments)}</h1>
<table><thead><tr><th scope="col">Name</th><th scope="col" class="size">Size</th>
<th scope="col" class="time">Modified (UTC)</th></tr></thead><tbody>
${parent}`
}

/** Relative links, so that they work behind a proxy that adds a prefix to the path. */
function breadcrumbs(segments: readonly string[]): string {
  return ['root', ...segments]
    .map((segment, index) => {
      const up = '../'.repeat(segments.length - index)
      return `<a href="./${up}"><bdi>${escapeHtml(segment)}</bdi></a>`
    })
    .join('')
}

function row({ name, kind, size, mtimeMs }: DirectoryEntryDetails): string {
  const isDirectory = kind === 'directory'
  const slash = isDirectory ? '/' : ''
  const link = `<a href="${encodeURIComponent(name)}${slash}"><bdi>${escapeHtml(name)}</bdi>${slash}</a>`
  return `<tr><td${isDirectory ? ' class="directory"' : ''}>${link}</td><td class="size">${
    isDirectory ? '' : formatBytes(size)
  }</td><td class="time">${formatTime(mtimeMs)}</td></tr>\n`
}
