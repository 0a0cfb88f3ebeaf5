import { chmodSync, existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { killCommands, listeningCommand } from '../support/command.js'
import { eventually } from '../support/eventually.js'
import { directoryOf, removeDirectories } from '../support/files.js'
import { testOnLinux } from '../support/on-linux.js'

afterEach(killCommands)
afterAll(removeDirectories)

testOnLinux('--open passes the URL to xdg-open', async () => {
  const directory = directoryOf({ 'xdg-open': '#!/bin/sh\nprintf %s "$1" > "$0.url"\n' })
  const opener = join(directory, 'xdg-open')
  chmodSync(opener, 0o755)
  const { port } = await listeningCommand(['--open'], { env: { PATH: directory } })
  await eventually(() => existsSync(`${opener}.url`) && readFileSync(`${opener}.url`).length > 0)
  expect(readFileSync(`${opener}.url`, 'utf8')).toBe(`http://localhost:${port}/`)
})

testOnLinux('where there is no xdg-open the server runs all the same', async () => {
  const { port, stderr } = await listeningCommand(['-o'], { env: { PATH: directoryOf({}) } })
  await eventually(() => stderr() !== '')
  expect(stderr()).toBe('express-stream-files: cannot open a browser\n')
  expect((await fetch(`http://127.0.0.1:${port}/package.json`)).status).toBe(200)
})
