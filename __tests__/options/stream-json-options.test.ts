import { resolveStreamJsonOptions } from '../../lib/options/stream-json-options.js'

test('a type and a download are accepted', () => {
  expect(
    resolveStreamJsonOptions('streamJsonLines', { type: 'text/plain', download: 'a.txt' }),
  ).toMatchObject({ type: 'text/plain; charset=utf-8', download: 'a.txt' })
})

test.each(['heartbeat', 'retry', 'chunkSize', 'follow'])(
  '%s is unknown, for the caller',
  (name) => {
    expect(() => resolveStreamJsonOptions('streamJsonArray', { [name]: 1 })).toThrow(
      `streamJsonArray: unknown option "${name}"`,
    )
  },
)
