import { mkdirSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MissingNames } from '../../../lib/source/cache/missing-names.js'
import type { FileSource, OpenFile } from '../../../lib/source/source.js'
import { setClockAhead } from '../../support/clock.js'
import { eventually } from '../../support/eventually.js'
import { failCalls } from '../../support/failing-calls.js'
import { directoryOf, removeDirectories } from '../../support/files.js'

const file = {} as OpenFile

beforeEach(setClockAhead)
afterEach(() => jest.restoreAllMocks())
afterAll(removeDirectories)

/** The names of a directory, and what was opened in it. A failing disk fails to open all other names. */
function namesOf(root: string, there: readonly string[] = [], failure?: string) {
  const opened: string[] = []
  const error = failure && Object.assign(new Error(failure), { code: failure })
  const files: FileSource = {
    open: async (name) => {
      opened.push(name)
      return there.includes(name) ? { kind: 'file', file } : { kind: 'missing', error }
    },
  }
  return { opened, names: new MissingNames(files, root) }
}

/** Opens a name until it is remembered. */
async function remembered(names: MissingNames, name: string): Promise<void> {
  await eventually(async () => {
    await names.open(name)
    return names.wasMissing(name)
  })
}

test('a file that exists is opened every time', async () => {
  const { names, opened } = namesOf(directoryOf({ 'a.br': 'a' }), ['a.br'])
  for (const _ of [1, 2]) expect(await names.open('a.br')).toEqual({ kind: 'file', file })
  expect(opened).toEqual(['a.br', 'a.br'])
  expect(names.wasMissing('a.br')).toBe(false)
})

test.each(['a.br', 'sub/a.br'])('%s is not opened again while it is missing', async (name) => {
  const { names, opened } = namesOf(directoryOf({ a: 'a', 'sub/a': 'a' }))
  await remembered(names, name)
  opened.splice(0)
  for (const _ of [1, 2]) expect(await names.open(name)).toEqual({ kind: 'missing' })
  expect(opened).toEqual([])
})

describe('a missing name is opened again', () => {
  test.each<[string, (root: string) => void]>([
    ['a file is added to its directory', (root) => writeFileSync(join(root, 'sub/b'), 'b')],
    ['a file is removed from its directory', (root) => rmSync(join(root, 'sub/a'))],
    [
      'its directory is replaced',
      (root) => {
        renameSync(join(root, 'sub'), join(root, 'old'))
        mkdirSync(join(root, 'sub'))
      },
    ],
    ['its directory is removed', (root) => rmSync(join(root, 'sub'), { recursive: true })],
  ])('after %s', async (_what, change) => {
    const root = directoryOf({ 'sub/a': 'a' })
    const { names, opened } = namesOf(root)
    await remembered(names, 'sub/a.br')
    opened.splice(0)
    change(root)
    await names.open('sub/a.br')
    expect(opened).toEqual(['sub/a.br'])
  })
})

test.each<[string, (root: string) => void, string]>([
  ['a symlink without a target', (root) => symlinkSync('none', join(root, 'a.br')), 'a.br'],
  ['a file that cannot be served', (root) => writeFileSync(join(root, 'a.br'), ''), 'a.br'],
  ['a name in a directory that is missing', () => {}, 'none/a.br'],
])('%s is not remembered', async (_what, prepare, name) => {
  const root = directoryOf({ a: 'a' })
  prepare(root)
  const { names, opened } = namesOf(root)
  await names.open(name)
  // What is remembered of another name is remembered after this one.
  await remembered(names, 'other.br')
  expect(names.wasMissing(name)).toBe(false)
  opened.splice(0)
  await names.open(name)
  expect(opened).toEqual([name])
})

test('nothing is remembered of a directory that has changed within two seconds', async () => {
  const root = directoryOf({ a: 'a' })
  const now = jest.spyOn(Date, 'now').mockReturnValue(Math.floor(statSync(root).mtimeMs) + 1900)
  const { names, opened } = namesOf(root)
  for (const times of [1, 2, 3]) {
    await names.open('a.br')
    await eventually(() => now.mock.calls.length === times)
  }
  expect(opened).toEqual(['a.br', 'a.br', 'a.br'])
  expect(names.wasMissing('a.br')).toBe(false)
})

test.each(['EIO', 'EMFILE', 'EACCES'])(
  'a name that fails with %s is not remembered',
  async (code) => {
    const root = directoryOf({ a: 'a' })
    const failing = namesOf(root, [], code)
    for (const _ of [1, 2]) await failing.names.open('a.br')
    // What would be remembered of it is remembered before this other name is.
    await remembered(namesOf(root, [], 'ENOENT').names, 'other.br')
    expect(failing.names.wasMissing('a.br')).toBe(false)
    expect(failing.opened).toEqual(['a.br', 'a.br'])
  },
)

test('a missing name is opened again if its directory cannot be told to be unchanged', async () => {
  const root = directoryOf({ a: 'a' })
  const { names, opened } = namesOf(root)
  await remembered(names, 'a.br')
  opened.splice(0)
  failCalls(['stat'], 'EIO')
  await names.open('a.br')
  expect(opened).toEqual(['a.br'])
})

test('a name is not remembered if it cannot be told what is there', async () => {
  const root = directoryOf({ a: 'a' })
  const { names } = namesOf(root)
  failCalls(['lstat'], 'EIO', (path) => path.endsWith('a.br'))
  await names.open('a.br')
  await remembered(names, 'other.br')
  expect(names.wasMissing('a.br')).toBe(false)
})
