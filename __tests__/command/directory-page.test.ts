import { createHash } from 'node:crypto'
import { directoryPage, PAGE_HEADERS } from '../../lib/command/directory-page.js'
import type { DirectoryEntryDetails } from '../../lib/source/disk/read-directory.js'

const mtimeMs = Date.UTC(2024, 1, 29, 12, 34, 56)

async function pageOf(directory: string, entries: readonly DirectoryEntryDetails[]) {
  let page = ''
  const batches = (async function* () {
    yield entries
  })()
  for await (const piece of directoryPage(directory, batches)) page += piece
  return page
}

const fileOf = (name: string): DirectoryEntryDetails => ({
  name,
  kind: 'file',
  size: 1234,
  mtimeMs,
})

test('a file has a link, a size and a time; a directory ends with a slash', async () => {
  const page = await pageOf('', [{ ...fileOf('images'), kind: 'directory' }, fileOf('a.txt')])
  expect(page).toContain('<a href="images/"><bdi>images</bdi>/</a></td><td class="size"></td>')
  expect(page).toContain(
    '<a href="a.txt"><bdi>a.txt</bdi></a></td><td class="size">1.2 kB</td><td class="time">2024-02-29 12:34</td>',
  )
})

test.each([
  ['<img src=x onerror=alert(1)>', '%3Cimg%20src%3Dx%20onerror%3Dalert(1)%3E'],
  ['"><script>x</script>', '%22%3E%3Cscript%3Ex%3C%2Fscript%3E'],
  ['100%', '100%25'],
  ['a#b?c', 'a%23b%3Fc'],
  ['javascript:alert(1)', 'javascript%3Aalert(1)'],
  ['&amp;', '%26amp%3B'],
  ['ü', '%C3%BC'],
])('the name %s is escaped and encoded', async (name, href) => {
  const page = await pageOf('', [fileOf(name)])
  expect(page).toContain(`<td><a href="${href}"><bdi>`)
  expect(page).not.toContain('<img')
  expect(page).not.toContain('<script')
  const [, shown = ''] = /<bdi>([^<]*)<\/bdi><\/a><\/td>/.exec(page) ?? []
  expect(unescapeHtml(shown)).toBe(name)
})

test('the name of the directory is escaped, and every directory above it has a link', async () => {
  const page = await pageOf('<b>/c', [])
  expect(page).toContain('<title>Index of /&lt;b&gt;/c/</title>')
  expect(page).toContain(
    '<h1><a href="./../../"><bdi>root</bdi></a><a href="./../"><bdi>&lt;b&gt;</bdi></a><a href="./"><bdi>c</bdi></a></h1>',
  )
  expect(page).toContain('<a href="../">../</a>')
})

test('the root has no parent, and an empty directory says so', async () => {
  const page = await pageOf('', [])
  expect(page).not.toContain('../')
  expect(page).toContain('This directory is empty.')
  expect(await pageOf('', [fileOf('a')])).not.toContain('empty')
})

test('the policy allows the style of the page and nothing else', async () => {
  const [, style = ''] = /<style>([^<]*)<\/style>/.exec(await pageOf('', [])) ?? []
  const hash = createHash('sha256').update(style).digest('base64')
  expect(PAGE_HEADERS['Content-Security-Policy']).toContain(`style-src 'sha256-${hash}';`)
  expect(PAGE_HEADERS['Content-Security-Policy']).toMatch(/^default-src 'none';/)
})

function unescapeHtml(text: string): string {
  return text
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&quot;/g, '"')
    .replace(/&#39;/g, "'")
    .replace(/&amp;/g, '&')
}
