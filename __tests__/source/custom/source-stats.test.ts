import { constants } from 'node:fs'
import { stat } from 'node:fs/promises'
import { statsOf } from '../../../lib/source/custom/source-stats.js'

const chunks = () => []
const modified = new Date('2024-02-29T12:34:56.789Z')

test('they have the size and the date of the file', () => {
  const ms = modified.getTime()
  expect(statsOf({ size: 7, modified, chunks })).toMatchObject({
    size: 7,
    atime: modified,
    mtime: modified,
    ctime: modified,
    birthtime: modified,
    atimeMs: ms,
    mtimeMs: ms,
    ctimeMs: ms,
    birthtimeMs: ms,
  })
})

test('what is not known is 0', () => {
  expect(statsOf({ chunks })).toMatchObject({
    size: 0,
    mtimeMs: 0,
    mtime: new Date(0),
    dev: 0,
    ino: 0,
    uid: 0,
    gid: 0,
    blocks: 0,
  })
})

test('they are of a regular file that can only be read', () => {
  const stats = statsOf({ chunks })
  expect(stats.mode).toBe(constants.S_IFREG | 0o444)
  expect(stats.nlink).toBe(1)
  expect(stats.isFile()).toBe(true)
  const others = [
    stats.isDirectory(),
    stats.isBlockDevice(),
    stats.isCharacterDevice(),
    stats.isSymbolicLink(),
    stats.isFIFO(),
    stats.isSocket(),
  ]
  expect(others).toEqual(Array(6).fill(false))
})

test('they have every property that those of a real file have', async () => {
  const real = await stat(__filename)
  const names = Object.keys(real)
  expect(Object.keys(statsOf({ chunks }))).toEqual(expect.arrayContaining(names))
})
