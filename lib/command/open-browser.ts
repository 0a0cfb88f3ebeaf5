import { spawn } from 'node:child_process'

const COMMANDS: Readonly<Partial<Record<NodeJS.Platform, readonly string[]>>> = {
  darwin: ['open'],
  // The empty argument is the title of the window, which `start` takes its first quoted argument for.
  win32: ['cmd', '/c', 'start', '""'],
}

/** Opens a URL in the default browser. Calls `fail` if there is no program that does. */
export function openBrowser(url: string, fail: () => void): void {
  const [command = '', ...args] = COMMANDS[process.platform] ?? ['xdg-open']
  const browser = spawn(command, [...args, url], { detached: true, stdio: 'ignore' })
  browser.once('error', fail)
  browser.unref()
}
