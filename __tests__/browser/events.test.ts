import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { chromiumCommand, startChromium } from '../support/chromium.js'

const command = chromiumCommand ?? ''
const whereThereIsChromium = chromiumCommand === undefined ? describe.skip : describe
if (chromiumCommand === undefined) {
  process.stderr.write('SKIPPED: no browser reads events, since Chromium is not installed\n')
}

interface EventServer {
  readonly port: number
  /** Produces the next event. */
  produce(): void
  kill(): Promise<void>
}

async function startServer(port: number, produced: number): Promise<EventServer> {
  const script = join(__dirname, '../support/serve-events.cjs')
  const child: ChildProcess = fork(script, [String(port), String(produced)])
  const [message] = await once(child, 'message')
  return {
    port: message.port,
    produce: () => child.send('produce'),
    kill: async () => {
      const exited = once(child, 'exit')
      child.kill('SIGKILL')
      await exited
    },
  }
}

/** Waits until the page has received as many values, and returns them. */
async function received(page: Page, count: number): Promise<unknown> {
  await page.waitForFunction(`window.received.length >= ${count}`)
  return page.evaluate('window.received')
}

whereThereIsChromium('Chromium', () => {
  let browser: Browser
  let server: EventServer
  let page: Page

  beforeAll(async () => {
    browser = await startChromium(command)
  })
  afterAll(() => browser.close())

  beforeEach(async () => {
    server = await startServer(0, 0)
    page = await browser.newPage()
    await page.goto(`http://127.0.0.1:${server.port}/`)
  })
  afterEach(async () => {
    await page.close()
    await server.kill()
  })

  test('EventSource gets events as they are produced, and loses none when the server is killed', async () => {
    await page.evaluate(`
      window.received = []
      window.source = new EventSource('/events')
      source.onmessage = ({ data }) => received.push(JSON.parse(data))
      new Promise((resolve) => { source.onopen = () => resolve() })
    `)
    server.produce()
    expect(await received(page, 1)).toEqual([{ number: 1 }])
    server.produce()
    expect(await received(page, 2)).toEqual([{ number: 1 }, { number: 2 }])
    await server.kill()
    server = await startServer(server.port, 4)
    await received(page, 4)
    server.produce()
    expect(await received(page, 5)).toEqual([
      { number: 1 },
      { number: 2 },
      { number: 3, lastEventId: '2' },
      { number: 4, lastEventId: '2' },
      { number: 5, lastEventId: '2' },
    ])
  })

  test('fetch reads JSON Lines as they are produced', async () => {
    server.produce()
    await page.evaluate(`
      window.received = []
      const read = async () => {
        const { body } = await fetch('/lines')
        let text = ''
        for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
          const lines = (text + chunk).split('\\n')
          text = lines.pop()
          for (const line of lines) received.push(JSON.parse(line).number)
        }
      }
      read()
      undefined
    `)
    // The values start where the request found the source: what was produced before is not sent.
    while ((await page.evaluate('window.received.length')) === 0) server.produce()
    const first = Number(await page.evaluate('window.received[0]'))
    const before = Number(await page.evaluate('window.received.length'))
    server.produce()
    const values = await received(page, before + 1)
    expect(values).toEqual(Array.from(values as number[], (_, index) => first + index))
  })
})
