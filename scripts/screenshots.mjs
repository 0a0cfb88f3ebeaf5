// Takes the screenshots of the demo in docs/images: node scripts/screenshots.mjs, after npm run build. It
// needs Chromium (scripts/install-chromium.sh).
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { chromium } from 'playwright-core'

const WIDTHS = [1280, 390]
const SCHEMES = /** @type {const} */ (['light', 'dark'])

const demo = spawn(process.execPath, ['examples/demo/serve.mjs'], {
  env: { ...process.env, PORT: '0' },
  stdio: ['ignore', 'pipe', 'inherit'],
})
const [printed] = await once(demo.stdout, 'data')
const [url] = /http:\/\/localhost:\d+/.exec(String(printed)) ?? []
const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox'],
})
try {
  for (const width of WIDTHS) for (const scheme of SCHEMES) await take(width, scheme)
} finally {
  await browser.close()
  demo.kill()
}

/** Uses every panel, and takes a picture while some transfers are on their way. */
async function take(width, colorScheme) {
  const page = await browser.newPage({ viewport: { width, height: 900 }, colorScheme })
  await page.goto(`${url}/`)
  const panel = (id) => page.locator(`#${id}`)
  await panel('video').getByRole('button', { name: '5 minutes' }).click()
  await panel('download').getByRole('button', { name: 'Download' }).click()
  await panel('abort').getByRole('button', { name: 'Start' }).click()
  await panel('events').getByText('status:').nth(2).waitFor()
  await panel('abort').getByText('MB', { exact: false }).waitFor()
  await panel('abort').getByRole('button', { name: 'Abort' }).click()
  await panel('abort').getByText('The server noticed').waitFor()
  await panel('events').getByRole('button', { name: 'Close' }).click()
  await panel('events').getByText('Nothing was lost').waitFor()
  await panel('log').getByRole('button', { name: 'Write' }).click()
  await panel('log').getByText('Hello').waitFor()
  await panel('download').getByText('is that of the server').waitFor()
  await panel('chunks').getByRole('combobox').selectOption('8 MB/s')
  await panel('chunks').getByRole('button', { name: 'Send' }).click()
  await panel('chunks').getByText('All of it arrived').waitFor()
  await page.evaluate('window.scrollTo(0, 0)')
  const png = await page.screenshot({ fullPage: true })
  writeFileSync(`docs/images/demo-${colorScheme}-${width}.webp`, await toWebp(page, png))
  await page.close()
}

/** Playwright has no WebP, which is a third of the size, but the browser has. */
async function toWebp(page, png) {
  const encoded = await page.evaluate(`(async () => {
    const png = await fetch('data:image/png;base64,${png.toString('base64')}')
    const image = await createImageBitmap(await png.blob())
    const { width, height } = image
    const canvas = Object.assign(document.createElement('canvas'), { width, height })
    canvas.getContext('2d').drawImage(image, 0, 0)
    return canvas.toDataURL('image/webp', 0.8).split(',')[1]
  })()`)
  return Buffer.from(encoded, 'base64')
}
