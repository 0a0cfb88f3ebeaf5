import { join } from 'node:path'
import { chromium } from 'playwright-core'
import { BIG, BIG_BYTES } from '../files.mjs'
import { isSame, MIB, mib, until, versionOf } from '../support.mjs'

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'
// No sandbox, so that root can start it; nothing of it asks beyond this machine.
const FLAGS = [
  ...['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-sync'],
  ...['--disable-background-networking', '--disable-component-update'],
]

export const name = 'Chromium'
export const version = () => versionOf(CHROMIUM, ['--version'])

export async function measure({ origin, directory, scratch }) {
  const browser = await chromium.launchPersistentContext(join(scratch, 'profile'), {
    executablePath: CHROMIUM,
    args: FLAGS,
  })
  try {
    const page = await browser.newPage()
    await page.goto(origin.url('/'))
    const total = await page.evaluate(totalSeenByPage, `/${BIG}?rate=${BIG_BYTES * 4}`)
    await origin.restart()
    const download = await interruptedDownload(browser, page, origin, join(scratch, 'downloads'))
    return [
      [
        '`XMLHttpRequest` `progress`: `total`',
        total === BIG_BYTES ? 'the real total' : `\`${total}\`, and \`lengthComputable: false\``,
      ],
      ['total of a download', download.total === 0 ? 'unknown' : mib(download.total)],
      [
        'the server is killed in the middle of a download',
        download.state === 'completed' ? '**takes it for whole**' : 'says that it failed',
      ],
      [
        '… and "Resume" is clicked',
        !isSame(download.path, join(directory, BIG))
          ? 'part of the file'
          : download.ranges > 0
            ? 'resumes; the whole file'
            : 'starts again; the whole file',
      ],
    ]
  } finally {
    await browser.close()
  }
}

/** Runs in the page: the total that a progress event in the middle of a body tells. */
function totalSeenByPage(url) {
  return new Promise((resolve) => {
    const request = new /** @type {any} */ (globalThis).XMLHttpRequest()
    request.onprogress = ({ total }) => resolve(total)
    request.open('GET', url)
    request.send()
  })
}

async function interruptedDownload(browser, page, origin, directory) {
  const devtools = await browser.browser()?.newBrowserCDPSession()
  const events = { behavior: 'allow', downloadPath: directory, eventsEnabled: true }
  await devtools.send('Browser.setDownloadBehavior', events)
  const download = { state: 'inProgress', total: 0, path: join(directory, BIG), ranges: 0 }
  devtools.on('Browser.downloadProgress', ({ state, totalBytes, filePath }) => {
    Object.assign(download, { state, total: totalBytes })
    if (filePath) download.path = filePath
  })
  await page.evaluate(
    (url) => {
      const link = Object.assign(/** @type {any} */ (globalThis).document.createElement('a'), {
        href: url,
        download: '',
      })
      link.click()
    },
    `/${BIG}?rate=${8 * MIB}`,
  )
  await until(() => origin.bytesSent > 6 * MIB)
  const seen = { total: download.total, state: '' }
  await origin.restart()
  await until(() => download.state !== 'inProgress')
  seen.state = download.state
  if (seen.state !== 'completed') await resumeDownload(browser, origin)
  const ranges = origin.requests.filter(({ range }) => range !== undefined).length
  return { ...seen, path: download.path, ranges }
}

/** As a user does it, on the page of all downloads. */
async function resumeDownload(browser, origin) {
  const page = await browser.newPage()
  await page.goto('chrome://downloads')
  await page.locator('#more-actions').click()
  await page.locator('#pause-or-resume').click()
  await until(() => origin.requests.some(({ completed }) => completed !== undefined))
  // There is a folder to show once the file is there.
  await page.locator('#quick-show-in-folder').waitFor()
}
