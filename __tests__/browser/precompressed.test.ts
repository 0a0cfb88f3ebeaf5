import { brotliCompressSync, gzipSync } from 'node:zlib'
import type { Browser, Page } from 'playwright-core'
import { type Outcome, streamFiles } from '../../lib/index.js'
import { chromiumCommand, startChromium } from '../support/chromium.js'
import { eventually } from '../support/eventually.js'
import { express } from '../support/express.js'
import { directoryOf, removeDirectories } from '../support/files.js'
import { serve, type TestServer } from '../support/server.js'

const command = chromiumCommand ?? ''
const whereThereIsChromium = chromiumCommand === undefined ? describe.skip : describe
if (chromiumCommand === undefined) {
  process.stderr.write('SKIPPED: no browser decodes files, since Chromium is not installed\n')
}

const PAGE = '<!doctype html><link rel=stylesheet href=style.css><script src=app.js></script><p>'
const STYLE = 'p { color: rgb(1, 2, 3) }'
const SCRIPT = 'window.answer = 42'

/** A zstd frame (RFC 8878 §3.1.1) of one uncompressed block, since Node.js 20 has no compressor. */
function zstdFrame(text: string): Buffer {
  const header = Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x20, text.length, 0, 0, 0])
  header.writeUIntLE((text.length << 3) | 1, 6, 3)
  return Buffer.concat([header, Buffer.from(text)])
}

whereThereIsChromium('Chromium', () => {
  const outcomes: [url: string | undefined, outcome: Outcome][] = []
  let browser: Browser
  let server: TestServer
  let page: Page

  beforeAll(async () => {
    const root = directoryOf({
      'index.html': PAGE,
      'index.html.gz': gzipSync(PAGE),
      'style.css': STYLE,
      'style.css.br': brotliCompressSync(STYLE),
      'app.js': SCRIPT,
      'app.js.zst': zstdFrame(SCRIPT),
    })
    const onOutcome = (outcome: Outcome, req: { url?: string | undefined }) =>
      outcomes.push([req.url, outcome])
    server = await serve(express().use(streamFiles(root, { precompressed: true, onOutcome })))
    browser = await startChromium(command)
    page = await browser.newPage()
  })
  afterAll(async () => {
    await browser.close()
    await server.close()
    removeDirectories()
  })

  test('decodes gzip, br and zstd, and revalidates each with its entity tag', async () => {
    const codings = new Map<string, string | undefined>()
    page.on('response', (response) => {
      codings.set(new URL(response.url()).pathname, response.headers()['content-encoding'])
    })
    await page.goto(server.url)
    expect(await page.evaluate('window.answer')).toBe(42)
    const color = "getComputedStyle(document.querySelector('p')).color"
    expect(await page.evaluate(color)).toBe('rgb(1, 2, 3)')
    expect(Object.fromEntries(codings)).toMatchObject({
      '/': 'gzip',
      '/style.css': 'br',
      '/app.js': 'zstd',
    })
    outcomes.splice(0)
    await page.reload()
    expect(await page.evaluate('window.answer')).toBe(42)
    await eventually(() => outcomes.some(([url, { status }]) => url === '/' && status === 304))
  })
})
