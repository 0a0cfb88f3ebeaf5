import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import * as entry from '../lib/entry'
import * as index from '../lib/index'
import { folderOf, removeFolders } from './support/files'

const MAIN = join(__dirname, '..', 'dist', 'index.js')
const SUPPORT = join(__dirname, 'support')

const folder = folderOf({ 'file.txt': 'file content' })

beforeAll(() => {
  if (!existsSync(MAIN)) throw new Error('There is no dist/: npm run build')
})
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
  expect(run('use-package.cjs', MAIN, folder)).toMatchObject({
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

test('loading the package loads less JavaScript than serve-static, dependencies included', () => {
  const express = require.resolve('express')
  const serveStatic = run('loaded-bytes.cjs', require.resolve('serve-static', { paths: [express] }))
  const { loaded } = run('use-package.cjs', MAIN, folder) as { loaded: number }
  expect(loaded).toBeLessThan(Number(serveStatic))
  expect(loaded).toBeLessThan(92_000)
})
