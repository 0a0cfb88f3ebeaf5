import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { HELP } from '../../lib/command/command-line.js'
import { version } from '../../package.json'
import { builtPackage } from '../support/built-package.js'
import { killCommands, startCommand } from '../support/command.js'
import { directoryOf, removeDirectories } from '../support/files.js'

afterEach(() => {
  jest.restoreAllMocks()
  jest.resetModules()
  killCommands()
})
afterAll(removeDirectories)

test('the arguments are those after the script, and the output is that of the process', async () => {
  const { argv } = process
  process.argv = ['--neither', '--nor', '--version']
  const write = jest.spyOn(process.stdout, 'write').mockReturnValue(true)
  await import('../../lib/command/main.js')
  process.argv = argv
  expect(write.mock.calls).toEqual([[`${version}\n`]])
})

test('it can be executed as a program', () => {
  const built = readFileSync(join(builtPackage(), '../command.js'), 'utf8')
  expect(built.startsWith('#!/usr/bin/env node\n')).toBe(true)
})

test('the exit codes are those of the process', async () => {
  const invalid = startCommand(['--nonsense'])
  expect(await invalid.exit).toBe(2)
  expect(invalid.stderr()).toBe(
    "express-stream-files: Unknown option '--nonsense'; see express-stream-files --help\n",
  )
  const missing = startCommand([join(directoryOf({}), 'none')])
  expect(await missing.exit).toBe(1)
  expect(missing.stderr().split('\n')).toHaveLength(2)
  const help = startCommand(['--help'])
  expect(await help.exit).toBe(0)
  expect(help.stdout()).toBe(HELP)
})
