import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { builtPackage } from '../support/built-package.js'
import { chromiumCommand, startChromium } from '../support/chromium.js'
import { eventually } from '../support/eventually.js'

const root = join(__dirname, '../..')
const dist = join(root, 'examples/site-vite/app/dist')

const command = chromiumCommand ?? ''
const canRun = chromiumCommand !== undefined && existsSync(dist)
const withBuiltSite = canRun ? describe : describe.skip
if (!canRun) {
  const missing = chromiumCommand === undefined ? 'Chromium' : 'the build of examples/site-vite'
  process.stderr.write(`SKIPPED: no browser opens a site, since there is no ${missing}\n`)
}

/** The lines that the example prints, one for each response of the middleware. */
const responses: string[] = []
let child: ChildProcess
let url = ''
let browser: Browser
let context: BrowserContext
let page: Page

async function startExample(): Promise<void> {
  child = spawn(process.execPath, ['examples/site-vite/serve.mjs'], {
    cwd: root,
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  if (child.stdout === null) throw new Error('The example has no output')
  createInterface(child.stdout).on('line', (line) => {
    if (url === '') url = line
    else responses.push(line)
  })
  await eventually(() => url !== '')
}

/** Opens or reloads the page, and returns what the server was asked for meanwhile. */
async function requestsOf(navigate: () => Promise<unknown>): Promise<string[]> {
  responses.length = 0
  await navigate()
  await page.evaluate("fetch('/end.txt').then((response) => response.text())")
  await eventually(() => responses.includes('404 /end.txt'))
  return responses.filter((line) => line !== '404 /end.txt')
}

const text = () => page.locator('main').textContent()
const hashed = (lines: readonly string[]) => lines.filter((line) => line.includes('/assets/'))

withBuiltSite('Chromium, on a Vite build', () => {
  beforeAll(async () => {
    builtPackage()
    await startExample()
    browser = await startChromium(command)
  })
  afterAll(async () => {
    await browser?.close()
    child?.kill()
  })

  beforeEach(async () => {
    context = await browser.newContext()
    page = await context.newPage()
  })
  afterEach(() => context.close())

  test('loads the application', async () => {
    const asked = await requestsOf(() => page.goto(url, { waitUntil: 'networkidle' }))
    expect(await text()).toBe('Home')
    expect(asked[0]).toBe('200 /')
    expect(hashed(asked)).toHaveLength(2)
    const color = await page.evaluate("getComputedStyle(document.querySelector('main')).color")
    expect(color).toBe('rgb(0, 128, 128)')
  })

  test('takes hashed files from its cache on reload, and asks for the page again', async () => {
    await page.goto(url, { waitUntil: 'networkidle' })
    const asked = await requestsOf(() => page.reload({ waitUntil: 'networkidle' }))
    expect(await text()).toBe('Home')
    expect(asked.some((line) => /^(?:200|304) \/$/.test(line))).toBe(true)
    expect(hashed(asked)).toEqual([])
  })

  test.each([
    ['/about', 'About this site'],
    ['/user/7', 'User 7'],
    ['/user/7/settings', 'There is no such page'],
  ])('loads the application at the deep link %s, and again on reload', async (path, expected) => {
    const response = await page.goto(`${url}${path}`, { waitUntil: 'networkidle' })
    expect(response?.status()).toBe(200)
    expect(response?.headers()['cache-control']).toBe('no-cache')
    await eventually(async () => (await text()) === expected)
    const asked = await requestsOf(() => page.reload({ waitUntil: 'networkidle' }))
    await eventually(async () => (await text()) === expected)
    expect(hashed(asked)).toEqual([])
  })

  test('gets a 404 that is no HTML for a missing file of the build', async () => {
    await page.goto(url, { waitUntil: 'networkidle' })
    const fetched = await page.evaluate(`
      fetch('/assets/index-Missing0.js').then(({ status, headers }) => [
        status, headers.get('content-type'), headers.get('cache-control'),
      ])
    `)
    expect(fetched).toEqual([404, 'text/plain; charset=utf-8', null])
    const failure = await page.evaluate(
      "import('/assets/index-Missing0.js').catch((error) => error.name)",
    )
    expect(failure).toBe('TypeError')
  })
})
