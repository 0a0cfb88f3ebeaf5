import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core'
import { builtPackage } from '../support/built-package.js'
import { chromiumCommand, startChromium } from '../support/chromium.js'
import { eventually } from '../support/eventually.js'
import { request } from '../support/raw-http.js'

const root = join(__dirname, '../..')
const whereThereIsChromium = chromiumCommand === undefined ? describe.skip : describe
if (chromiumCommand === undefined) {
  process.stderr.write('SKIPPED: no browser opens the demo, since Chromium is not installed\n')
}

/** `npm start` without the build. */
async function startDemo(...args: string[]): Promise<{ child: ChildProcess; printed: string }> {
  builtPackage()
  const child = spawn(process.execPath, [join(root, 'examples/demo/serve.mjs'), ...args], {
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [printed] = await once(child.stdout, 'data')
  return { child, printed: String(printed) }
}

// Expressions of the page.
const reads = `document.querySelector('#chunks [data-value="reads"]').textContent`
const received = `document.querySelector('#chunks [data-value="bytes"]').textContent`
const path = "document.querySelector('#chunks path').getAttribute('d')"

const portOf = (printed: string) => Number(/localhost:(\d+)/.exec(printed)?.[1])

let demo: ChildProcess
let port = 0

beforeAll(async () => {
  const started = await startDemo()
  demo = started.child
  port = portOf(started.printed)
})
afterAll(() => {
  demo?.kill()
})

test('the commands that are printed work: 10 MB in chunks', async () => {
  const { body, chunks = [], complete, headers } = await request(port, '/big.txt')
  expect(complete).toBe(true)
  expect(body.length).toBe(10_360_000)
  expect(headers).not.toHaveProperty('content-length')
  expect(new Set(chunks.slice(0, -1))).toEqual(new Set([65_536]))
})

test('with a directory it serves that, and Ctrl-C ends it', async () => {
  const { child, printed } = await startDemo(join(root, 'examples/site'))
  const { body } = await request(portOf(printed), '/poem.txt')
  expect(body.toString()).toBe(readFileSync(join(root, 'examples/site/poem.txt'), 'utf8'))
  const exited = once(child, 'exit')
  child.kill('SIGINT')
  expect(await exited).toEqual([0, null])
})

whereThereIsChromium('the demo in Chromium', () => {
  let browser: Browser
  let context: BrowserContext
  let page: Page
  let noise: string[]

  beforeAll(async () => {
    browser = await startChromium(chromiumCommand ?? '')
  })
  afterAll(() => browser.close())

  beforeEach(async () => {
    noise = []
    context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
    page = await context.newPage()
    page.setDefaultTimeout(100_000)
    page.on('console', (message) => noise.push(message.text()))
    page.on('pageerror', (error) => noise.push(String(error)))
    page.on('response', (response) => {
      if (response.status() >= 400) noise.push(`${response.status()} ${response.url()}`)
    })
    await page.goto(`http://localhost:${port}/`)
  })
  afterEach(async () => {
    await context.close()
    expect(noise).toEqual([])
  })

  const panel = (id: string) => page.locator(`#${id}`)
  const button = (id: string, name: string) => panel(id).getByRole('button', { name })
  const shown = (id: string, name: string) =>
    panel(id).locator(`[data-value="${name}"]`).textContent()

  /** Presses Tab until an element has the focus. */
  async function tabTo(target: Locator): Promise<void> {
    await eventually(async () => {
      await page.keyboard.press('Tab')
      return (await target.and(page.locator(':focus')).count()) === 1
    })
  }

  test('a file is drawn while it arrives', async () => {
    await panel('chunks').getByRole('combobox').selectOption('500 kB/s')
    await button('chunks', 'Send').click()
    await page.waitForFunction(`Number(${reads}) > 3`)
    await button('chunks', 'Stop').click()
    await panel('chunks').getByText('Stopped.').waitFor()
    await panel('chunks').getByRole('combobox').selectOption('full speed')
    await button('chunks', 'Send').click()
    await panel('chunks').getByText('All of it arrived').waitFor()
    await page.waitForFunction(`${received} === '10.4 MB'`)
    const drawn = Number(await page.evaluate(`${path}.split('M').length - 1`))
    expect(drawn).toBe(Number(await shown('chunks', 'reads')))
  })

  test('the video seeks by asking for a range', async () => {
    await page.waitForFunction("document.querySelector('video').readyState >= 1")
    expect(await page.evaluate("document.querySelector('video').duration")).toBe(600)
    await button('video', '9 minutes').click()
    await page.waitForFunction("document.querySelector('video').currentTime >= 555")
    await page.waitForFunction(
      "!document.querySelector('video').seeking && document.querySelector('video').readyState >= 2",
    )
    const ranges = panel('video').getByRole('cell', { name: /^bytes=/ })
    await panel('video')
      .getByRole('cell', { name: /^bytes=[1-9]/ })
      .first()
      .waitFor()
    await panel('video')
      .getByRole('cell', { name: /aborted/ })
      .first()
      .waitFor()
    expect(await ranges.last().textContent()).toBe('bytes=0-')
    expect(await page.evaluate("document.querySelector('.buffered').children.length")).toBe(2)
  })

  test('the download arrives whole, with its digest', async () => {
    const { body } = await request(port, '/big.txt')
    const sha256 = createHash('sha256').update(body).digest('hex')
    await button('download', 'Download').click()
    await panel('download').getByText(`is that of the server: sha256 ${sha256}`).waitFor()
    expect(await shown('download', 'percent')).toBe('100')
    const [saved] = await Promise.all([
      page.waitForEvent('download'),
      panel('download').getByRole('link', { name: 'Save' }).click(),
    ])
    expect(saved.suggestedFilename()).toBe('big.txt')
    const file = readFileSync(await saved.path())
    expect(createHash('sha256').update(file).digest('hex')).toBe(sha256)
  })

  test('events are live, and none is lost when the connection closes', async () => {
    await panel('events').getByText('status: up').nth(1).waitFor()
    await button('events', 'Close').click()
    await panel('events').getByText('reconnected with Last-Event-ID').waitFor()
    await panel('events').getByText('Nothing was lost').waitFor()
    const texts = await panel('events').locator('li > :first-child').allTextContents()
    const ids = texts.filter((text) => text !== '').map(Number)
    const [newest = 0] = ids
    expect(ids).toEqual(ids.map((_, index) => newest - index))
  })

  test('the log grows by responses and by lines of the page', async () => {
    const log = panel('log').getByRole('log')
    await log.getByText('200 GET /style.css').waitFor()
    await panel('log').getByRole('textbox').fill('<b>& a line</b>')
    await button('log', 'Write').click()
    await log.getByText('<b>& a line</b>').waitFor()
  })

  test('the server reports the outcome of an aborted transfer', async () => {
    await button('abort', 'Start').click()
    await page.waitForFunction("document.querySelector('#abort progress').value > 0")
    await button('abort', 'Abort').click()
    await panel('abort').getByText('The server noticed').waitFor()
    expect(await shown('abort', 'aborted')).toBe('true')
    expect(await shown('abort', 'completed')).toBe('false')
    expect(Number(await shown('abort', 'bytesSent'))).toBeGreaterThan(0)
  })

  test('it can be used with the keyboard alone', async () => {
    await page.keyboard.press('Tab')
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Skip to the panels')
    await tabTo(button('chunks', 'Send'))
    const outline = 'getComputedStyle(document.activeElement).outlineStyle'
    expect(await page.evaluate(outline)).toBe('solid')
    await page.keyboard.press('Enter')
    await panel('chunks').getByText('All of it arrived').waitFor()
    await tabTo(button('video', '1 minute'))
    await page.keyboard.press('Space')
    await page.waitForFunction("document.querySelector('video').currentTime >= 65")
    await tabTo(panel('log').getByRole('textbox'))
    await page.keyboard.type('by keyboard')
    await page.keyboard.press('Enter')
    await panel('log').getByRole('log').getByText('by keyboard').waitFor()
    await tabTo(button('abort', 'Start'))
    await page.keyboard.press('Enter')
    await page.waitForFunction("document.querySelector('#abort progress').value > 0")
    await page.keyboard.press('Enter')
    await panel('abort').getByText('The server noticed').waitFor()
  })

  test.each([1280, 390])('nothing is wider than a window of %d px', async (width) => {
    await page.setViewportSize({ width, height: 900 })
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(width)
  })
})
