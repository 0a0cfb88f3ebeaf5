import { spawnSync } from 'node:child_process'
import { type Browser, chromium } from 'playwright-core'

const EXECUTABLE = '/usr/bin/chromium'

/** Debian's Chromium; `undefined` where it is not installed. */
export const chromiumCommand =
  spawnSync(EXECUTABLE, ['--version']).status === 0 ? EXECUTABLE : undefined

/** Starts Chromium without a window, and without requests of its own. */
export function startChromium(executablePath: string): Promise<Browser> {
  return chromium.launch({
    executablePath,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  })
}
