import { getEventListeners } from 'node:events'
import { join } from 'node:path'
import { onAbort } from '../lib/abort-signal.js'
import { readChunks, streamResponse } from '../lib/index.js'
import { eventually } from './support/eventually.js'
import { directoryOf, removeDirectories } from './support/files.js'
import { expectSilence } from './support/process-noise.js'
import { request } from './support/raw-http.js'
import { withServer } from './support/server.js'

afterAll(removeDirectories)

const listenersOf = ({ signal }: AbortController) => getEventListeners(signal, 'abort').length

/** Does not end before it is left. */
async function* endless(): AsyncGenerator<string> {
  yield 'first'
  await new Promise(() => {})
}

describe('onAbort', () => {
  test('a callback that throws does not keep the others from being called', () => {
    const nextTick = jest.spyOn(process, 'nextTick').mockImplementation(() => {})
    const controller = new AbortController()
    const other = jest.fn()
    onAbort(controller.signal, () => {
      throw new Error('callback')
    })
    onAbort(controller.signal, other)
    controller.abort()
    const [report] = nextTick.mock.calls[0] ?? []
    nextTick.mockRestore()
    expect(other).toHaveBeenCalledTimes(1)
    expect(report).toThrow('callback')
  })

  test('calls every callback once when the signal is aborted, with one listener for all', () => {
    const controller = new AbortController()
    const [one, other] = [jest.fn(), jest.fn()]
    onAbort(controller.signal, one)
    onAbort(controller.signal, other)
    expect(listenersOf(controller)).toBe(1)
    controller.abort()
    controller.abort()
    expect([one.mock.calls, other.mock.calls]).toEqual([[[]], [[]]])
    expect(listenersOf(controller)).toBe(0)
  })

  test('does not call a callback that was stopped, even by the one before it', () => {
    const controller = new AbortController()
    const stopped = jest.fn()
    onAbort(controller.signal, () => stop())
    const stop = onAbort(controller.signal, stopped)
    controller.abort()
    expect(stopped).not.toHaveBeenCalled()
  })

  test('listens until the last callback is stopped, and again for a later one', () => {
    const controller = new AbortController()
    const [one, other, later] = [jest.fn(), jest.fn(), jest.fn()]
    const stops = [one, other].map((callback) => onAbort(controller.signal, callback))
    stops[0]?.()
    stops[0]?.()
    expect(listenersOf(controller)).toBe(1)
    stops[1]?.()
    expect(listenersOf(controller)).toBe(0)
    onAbort(controller.signal, later)
    stops[1]?.()
    controller.abort()
    expect([one, other, later].map(({ mock }) => mock.calls.length)).toEqual([0, 0, 1])
  })

  test('calls nothing for a signal that is aborted already, or without a signal', () => {
    const callback = jest.fn()
    onAbort(AbortSignal.abort(), callback)()
    onAbort(undefined, callback)()
    expect(callback).not.toHaveBeenCalled()
  })
})

describe('one signal for fifty responses', () => {
  const RESPONSES = 50
  const path = join(directoryOf({ 'a.log': 'line\n' }), 'a.log')

  /** Sends fifty responses at once, and calls `use` while all of them are under way. */
  async function fifty(
    respond: (res: Parameters<typeof streamResponse>[0]) => Promise<{ aborted: boolean }>,
    use: () => void,
  ) {
    const outcomes: Promise<{ aborted: boolean }>[] = []
    await expectSilence(() =>
      withServer(
        (_req, res) => void outcomes.push(respond(res)),
        async ({ port }) => {
          const responses = Array.from({ length: RESPONSES }, () => request(port, '/'))
          await eventually(() => outcomes.length === RESPONSES)
          use()
          await Promise.all(responses)
        },
      ),
    )
    return Promise.all(outcomes)
  }

  test('emits no warning, ends all of them, and leaves no listener', async () => {
    const controller = new AbortController()
    const outcomes = await fifty(
      (res) => streamResponse(res, endless(), { signal: controller.signal }),
      () => {
        expect(listenersOf(controller)).toBe(1)
        controller.abort()
      },
    )
    expect(outcomes).toHaveLength(RESPONSES)
    expect(listenersOf(controller)).toBe(0)
  })

  test('leaves no listener when the responses complete', async () => {
    const controller = new AbortController()
    const outcomes = await fifty(
      (res) => streamResponse(res, path, { signal: controller.signal }),
      () => {},
    )
    expect(outcomes).toEqual(outcomes.map(() => expect.objectContaining({ completed: true })))
    expect(listenersOf(controller)).toBe(0)
  })

  test('ends all followers of a file', async () => {
    const controller = new AbortController()
    const outcomes = await fifty(
      (res) => streamResponse(res, path, { follow: true, signal: controller.signal }),
      () => controller.abort(),
    )
    expect(outcomes).toEqual(outcomes.map(() => expect.objectContaining({ aborted: false })))
    expect(listenersOf(controller)).toBe(0)
  })

  test('works for fifty calls of readChunks', async () => {
    const controller = new AbortController()
    await expectSilence(async () => {
      const readers = Array.from({ length: RESPONSES }, () =>
        readChunks(path, { signal: controller.signal, chunkSize: 1 }),
      )
      await Promise.all(readers.map((reader) => reader.next()))
      expect(listenersOf(controller)).toBe(1)
      await Promise.all(readers.map((reader) => reader.return()))
    })
    expect(listenersOf(controller)).toBe(0)
  })
})
