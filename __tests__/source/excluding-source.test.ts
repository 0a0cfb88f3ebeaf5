import { ExcludingSource } from '../../lib/source/excluding-source.js'

test('an excluded name is missing, and is not looked up', async () => {
  const opened: string[] = []
  const files = new ExcludingSource(
    {
      open: async (name) => {
        opened.push(name)
        return { kind: 'directory' }
      },
    },
    [/^private\b/, /\.map$/],
  )
  expect(await files.open('private/a.txt')).toEqual({ kind: 'missing' })
  expect(await files.open('a.js.map')).toEqual({ kind: 'missing' })
  expect(await files.open('a.js.map.gz')).toEqual({ kind: 'missing' })
  expect(await files.open('public')).toEqual({ kind: 'directory' })
  expect(opened).toEqual(['public'])
})

test('the codings whose siblings are excluded are not negotiated', async () => {
  const open = jest.fn(async () => ({ kind: 'missing' }) as const)
  const files = new ExcludingSource({ open }, [/\.gz$/])
  await files.open('a.txt', undefined, ['br', 'gzip'])
  expect(open).toHaveBeenCalledWith('a.txt', undefined, ['br'])
})

test.each([
  [true, true],
  [false, false],
  [undefined, false],
])('it is custom if its files are: %p', (isCustom, expected) => {
  const open = async () => ({ kind: 'missing' }) as const
  expect(
    new ExcludingSource(isCustom === undefined ? { open } : { open, isCustom }, []).isCustom,
  ).toBe(expected)
})
