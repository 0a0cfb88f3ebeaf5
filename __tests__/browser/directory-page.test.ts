import type { Browser } from 'playwright-core'
import { fileServer } from '../../lib/command/file-server.js'
import { chromiumCommand, startChromium } from '../support/chromium.js'
import { directoryOf, removeDirectories } from '../support/files.js'
import { withServer } from '../support/server.js'

const whereThereIsChromium = chromiumCommand === undefined ? describe.skip : describe
if (chromiumCommand === undefined) {
  process.stderr.write('SKIPPED: no browser opens a list, since Chromium is not installed\n')
}

const HOSTILE = [
  '<img src=x onerror="document.title=1">',
  '"onfocus="document.title=1" autofocus="',
  'javascript:document.title=1',
  '100%',
  'a?b#c',
  'x..%2f..%2fetc',
  'ünï 😀',
]

const settings = {
  cache: 0,
  cors: false,
  dotfiles: false,
  list: true,
  precompressed: false,
  spa: false,
}

afterAll(removeDirectories)

whereThereIsChromium('a list of a directory in Chromium', () => {
  let browser: Browser

  beforeAll(async () => {
    browser = await startChromium(chromiumCommand ?? '')
  })
  afterAll(() => browser.close())

  test('every link leads to its file, whatever its name, and nothing is on the console', async () => {
    const files = Object.fromEntries(HOSTILE.map((name) => [`sub directory/${name}`, name]))
    const listener = fileServer({ ...settings, directory: directoryOf(files) }, undefined)
    await withServer(listener, async ({ url }) => {
      const page = await browser.newPage()
      const noise: string[] = []
      page.on('console', (message) => noise.push(message.text()))
      page.on('pageerror', (error) => noise.push(String(error)))
      await page.goto(`${url}/`)
      await page.getByRole('link', { name: 'sub directory/' }).click()
      await page.waitForURL(`${url}/sub%20directory/`)
      expect(await page.title()).toBe('Index of /sub directory/')
      const names = await page.locator('tbody bdi').allTextContents()
      expect(names.sort()).toEqual([...HOSTILE].sort())
      for (const name of HOSTILE) {
        const href = await page.getByRole('link', { name, exact: true }).getAttribute('href')
        expect(await (await fetch(new URL(href ?? '', page.url()))).text()).toBe(name)
      }
      await page.getByRole('link', { name: '../' }).click()
      await page.waitForURL(`${url}/`)
      expect(noise).toEqual([])
      await page.close()
    })
  })
})
