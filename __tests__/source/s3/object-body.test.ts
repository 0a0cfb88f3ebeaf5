import { Readable } from 'node:stream'
import type { ByteRange } from '../../../lib/http/byte-ranges.js'
import { ObjectBody } from '../../../lib/source/s3/object-body.js'
import { StoreRequest } from '../../../lib/source/s3/store-request.js'
import { eventually } from '../../support/eventually.js'

const RANGE: ByteRange = { start: 10, end: 15 }

/** A body of pieces that the test sends. */
function bodyOf(range = RANGE) {
  const stream = new Readable({ read() {} })
  const request = new StoreRequest(new AbortController().signal, 60_000)
  const end = jest.spyOn(request, 'end')
  const send = (...pieces: (string | null)[]) => {
    for (const piece of pieces) stream.push(piece === null ? null : Buffer.from(piece))
  }
  return { body: new ObjectBody(request, stream, range), stream, request, end, send }
}

const never = () => new AbortController().signal

test('its range is the one that the store sent', () => {
  expect(bodyOf().body).toMatchObject(RANGE)
})

test('its pieces come as the store sends them', async () => {
  const { body, send } = bodyOf()
  send('abc')
  const pieces = body.chunks(never())
  expect(String((await pieces.next()).value)).toBe('abc')
  const next = pieces.next()
  send('def', null)
  expect(String((await next).value)).toBe('def')
  expect(await pieces.next()).toMatchObject({ done: true })
})

describe('a body that was read to its end', () => {
  test('leaves its connection to the next request', async () => {
    const { body, stream, request, end, send } = bodyOf()
    send('abc', 'def', null)
    for await (const _ of body.chunks(never()));
    expect(request.signal.aborted).toBe(false)
    expect(end).toHaveBeenCalled()
    await eventually(() => stream.readableEnded)
  })

  test('does so too if its reader stops at the last byte', async () => {
    const { body, stream, request, send } = bodyOf()
    send('abcdef', null)
    for await (const _ of body.chunks(never())) break
    expect(request.signal.aborted).toBe(false)
    await eventually(() => stream.readableEnded)
  })
})

describe('a body that was not read to its end', () => {
  test.each<[how: string, act: (opened: ReturnType<typeof bodyOf>) => unknown]>([
    ['is closed', ({ body }) => body.close()],
    [
      'whose reader stops',
      async ({ body }) => {
        for await (const _ of body.chunks(never())) break
      },
    ],
    [
      'whose reader gets another error',
      async ({ body, stream }) => {
        stream.destroy(new Error('broken'))
        await expect(body.chunks(never()).next()).rejects.toMatchObject({ status: 500 })
      },
    ],
    [
      'that is shorter than its range',
      async ({ body, send }) => {
        send(null)
        for await (const _ of body.chunks(never()));
      },
    ],
  ])('closes its connection if it %s', async (_how, act) => {
    const opened = bodyOf()
    opened.send('abc')
    await act(opened)
    expect(opened.request.signal.aborted).toBe(true)
    expect(opened.stream.destroyed).toBe(true)
  })

  test('closes it at once when the signal fires, although a read waits', async () => {
    const { body, stream, request, send } = bodyOf()
    send('abc')
    const controller = new AbortController()
    const pieces = body.chunks(controller.signal)
    await pieces.next()
    const waiting = pieces.next()
    controller.abort()
    expect([request.signal.aborted, stream.destroyed]).toEqual([true, true])
    // A stream that is destroyed without an error ends early, as far as its iterator knows.
    await waiting.catch(() => {})
  })
})

test('a body of unknown size is never known to be complete', async () => {
  const { body, request, send } = bodyOf({ start: 0, end: Number.POSITIVE_INFINITY })
  send('abc', null)
  for await (const _ of body.chunks(never()));
  expect(request.signal.aborted).toBe(true)
})

test('an error that nothing waits for does not crash the process', async () => {
  const { stream, body } = bodyOf()
  stream.destroy(new Error('broken'))
  await eventually(() => stream.closed)
  body.close()
})

test('a signal that fires after the body was read changes nothing', async () => {
  const { body, request, send } = bodyOf()
  send('abcdef', null)
  const controller = new AbortController()
  for await (const _ of body.chunks(controller.signal));
  controller.abort()
  expect(request.signal.aborted).toBe(false)
})
