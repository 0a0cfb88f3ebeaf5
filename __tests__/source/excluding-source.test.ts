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
