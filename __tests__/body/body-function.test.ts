import { bodyFromFunction, deferredBody } from '../../lib/body/body-function.js'
import { nextRead, QueuedReader } from '../support/queued-reader.js'

const req = { method: 'GET' }

test('the function is called at the first read, once, with the request', async () => {
  const body = jest.fn(() => ['a', 'b'])
  const stream = bodyFromFunction(body, req)
  const reader = stream.open()
  expect(body).not.toHaveBeenCalled()
  expect([await nextRead(reader), await nextRead(reader), await nextRead(reader)]).toEqual([
    'a',
    'b',
    'end',
  ])
  expect(body).toHaveBeenCalledTimes(1)
  expect(body).toHaveBeenCalledWith({ signal: expect.any(AbortSignal), req })
})

test.each([
  [
    'throws',
    () => {
      throw new Error('foo')
    },
    { message: 'foo', status: 500 },
  ],
  [
    'rejects',
    async () => {
      throw Object.assign(new Error('bar'), { status: 418 })
    },
    { status: 418 },
  ],
  ['returns a path', () => '/a/path', { name: 'TypeError', message: /must not return a path/ }],
  ['returns a URL', () => new URL('file:///a'), { name: 'TypeError' }],
  ['returns nothing', () => undefined, { name: 'TypeError' }],
])('a function that %s fails the body', async (_what, body, error) => {
  const read = await nextRead(bodyFromFunction(body as () => string[], req).open())
  for (const [name, value] of Object.entries(error)) {
    const actual: unknown = Reflect.get(Object(read), name)
    if (value instanceof RegExp) expect(actual).toMatch(value)
    else expect(actual).toBe(value)
  }
})

/** A body whose signal is known once it was created. */
function created(inner: QueuedReader) {
  const seen: { signal?: AbortSignal } = {}
  const stream = deferredBody(
    (signal) => {
      seen.signal = signal
    },
    () => inner,
  )
  return { stream, seen }
}

test('closing a body before its end fires the signal and closes what was opened', async () => {
  const inner = new QueuedReader([null, Buffer.from('a')])
  const { stream, seen } = created(inner)
  const reader = stream.open()
  await nextRead(reader)
  expect(seen.signal?.aborted).toBe(false)
  reader.close()
  expect([seen.signal?.aborted, inner.closed]).toEqual([true, 1])
})

test.each([
  ['its last buffer was read', [[null, Buffer.from('a'), true]], 1],
  ['its end was read', [[null, Buffer.from('a')], [null]], 2],
] as const)('closing a body after %s does not fire the signal', async (_what, queue, reads) => {
  const { stream, seen } = created(new QueuedReader(...queue.map((one) => [...one] as [null])))
  const reader = stream.open()
  for (let times = 0; times < reads; times++) await nextRead(reader)
  reader.close()
  expect(seen.signal?.aborted).toBe(false)
})

test('a body that is closed before its first read is not created', () => {
  const { stream, seen } = created(new QueuedReader())
  stream.open().close()
  expect(seen.signal).toBeUndefined()
})

test('a body that is created after it was closed is closed, and not read', async () => {
  const inner = new QueuedReader([null, Buffer.from('a')])
  let create = () => {}
  const stream = deferredBody(
    () =>
      new Promise<void>((resolve) => {
        create = resolve
      }),
    () => inner,
  )
  const reader = stream.open()
  const callback = jest.fn()
  reader.read(1, callback)
  reader.close()
  create()
  await new Promise((resolve) => setImmediate(resolve))
  expect([inner.sizeHints, inner.closed]).toEqual([[], 1])
  expect(callback).not.toHaveBeenCalled()
})

test('released buffers reach the body that was opened', async () => {
  const inner = new QueuedReader([null, Buffer.from('a')])
  const reader = created(inner).stream.open()
  await nextRead(reader)
  reader.release(Buffer.from('a'))
  expect(inner.released).toEqual(['a'])
})

test('aborting the body fires its signal', async () => {
  const { stream, seen } = created(new QueuedReader([null, Buffer.from('a')]))
  await nextRead(stream.open())
  stream.abort?.()
  expect(seen.signal?.aborted).toBe(true)
})
