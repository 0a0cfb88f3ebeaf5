import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import * as entry from '../lib/entry'
import * as index from '../lib/index'
import { builtPackage } from './support/built-package'
import { folderOf, removeFolders } from './support/files'

const SUPPORT = join(__dirname, 'support')

const folder = folderOf({ 'file.txt': 'file content' })

afterAll(removeFolders)

function run(script: string, ...words: readonly string[]): unknown {
  const node = [join(SUPPORT, script), ...words]
  return JSON.parse(execFileSync(process.execPath, node, { encoding: 'utf8' }))
}

test('the package has all of the index, and nothing else', () => {
  expect(Object.keys(entry).sort()).toEqual(Object.keys(index).sort())
})

test('the doors that load what is behind them pass everything on', async () => {
  const chunks: string[] = []
  const file = join(folder, 'file.txt')
  for await (const chunk of entry.readChunks(file, { chunkSize: 5 })) chunks.push(String(chunk))
  expect(chunks).toEqual(['file ', 'conte', 'nt'])
  expect(() => entry.readChunks('')).toThrow(TypeError)
  expect(() => entry.streamResponse(null as never, 'x')).toThrow('streamResponse: res must be')
})

test('the package as it is built serves, sends and reads', () => {
  expect(run('use-package.cjs', builtPackage(), folder)).toMatchObject({
    answers: {
      '/file.txt': '200 file content',
      '/missing.txt': '404 ',
      '/FILE': '200 FILE CONTENT',
      '/response': '200 file content',
      '/generated': '200 one, two',
    },
    chunks: ['file', ' con', 'tent'],
    others: [],
  })
})

test('what makes errors is loaded before the first request', () => {
  expect(run('use-package.cjs', builtPackage(), folder)).toMatchObject({ ready: true })
})

test('loading the package loads less JavaScript than serve-static, dependencies included', () => {
  const express = require.resolve('express')
  const serveStatic = run('loaded-bytes.cjs', require.resolve('serve-static', { paths: [express] }))
  const { loaded } = run('use-package.cjs', builtPackage(), folder) as { loaded: number }
  expect(loaded).toBeLessThan(Number(serveStatic))
  expect(loaded).toBeLessThan(92_000)
})
