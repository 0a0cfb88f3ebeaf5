import { getEventListeners } from 'node:events'
import { StoreRequest } from '../../../lib/source/s3/store-request.js'
import { NEVER } from '../../support/recorded-source.js'

const STALL_TIMEOUT = 1000

beforeEach(() => jest.useFakeTimers({ doNotFake: ['setImmediate'] }))
afterEach(() => jest.useRealTimers())

function request(signal = new AbortController().signal): StoreRequest {
  return new StoreRequest(signal, STALL_TIMEOUT)
}

/** A promise of the store that the test settles. */
function pending<T>() {
  let settle: (value: T) => void = () => {}
  let fail: (error: unknown) => void = () => {}
  const promise = new Promise<T>((resolve, reject) => {
    settle = resolve
    fail = reject
  })
  return { promise, settle, fail }
}

const aborts = (store: StoreRequest) =>
  new Promise<never>((_resolve, reject) =>
    store.signal.addEventListener('abort', () => reject(store.signal.reason)),
  )

describe('what the store sends', () => {
  test('is received', async () => {
    expect(await request().receive(Promise.resolve('response'))).toBe('response')
  })

  test.each([
    ['of the store', { Code: 'SlowDown', $metadata: { httpStatusCode: 503 } }, 503],
    ['of the connection', { code: 'ECONNRESET' }, 502],
  ])('is an error that tells the client nothing: %s', async (_what, properties, status) => {
    const cause = Object.assign(new Error('bucket, key'), properties)
    const received = request().receive(Promise.reject(cause))
    await expect(received).rejects.toMatchObject({ status, cause })
    await expect(received).rejects.not.toThrow(/bucket/)
  })
})

describe('a store that stalls', () => {
  test('for as long as the timeout says is a 504, and its connection is closed', async () => {
    const store = request()
    const received = store.receive(aborts(store))
    const failed = expect(received).rejects.toMatchObject({
      status: 504,
      code: 'ERR_STORE_TIMEOUT',
    })
    await jest.advanceTimersByTimeAsync(STALL_TIMEOUT - 1)
    expect(store.signal.aborted).toBe(false)
    await jest.advanceTimersByTimeAsync(1)
    await failed
    expect(store.signal.aborted).toBe(true)
  })

  test('is given the whole time again for each part of its response', async () => {
    const store = request()
    for (let part = 0; part < 3; part++) {
      const { promise, settle } = pending<number>()
      const received = store.receive(promise)
      await jest.advanceTimersByTimeAsync(STALL_TIMEOUT - 1)
      settle(part)
      expect(await received).toBe(part)
    }
    expect(store.signal.aborted).toBe(false)
  })

  test('is not noticed while nothing waits for it', async () => {
    const store = request()
    await store.receive(Promise.resolve())
    await jest.advanceTimersByTimeAsync(10 * STALL_TIMEOUT)
    expect(store.signal.aborted).toBe(false)
    expect(jest.getTimerCount()).toBe(0)
  })

  test('did not stall if its data arrived while the process paused', async () => {
    const store = request()
    const { promise, settle } = pending<string>()
    const received = store.receive(promise)
    // Its timer runs first, and then the data is read.
    jest.advanceTimersByTime(STALL_TIMEOUT)
    settle('late')
    expect(await received).toBe('late')
    await new Promise((resolve) => setImmediate(resolve))
    expect(store.signal.aborted).toBe(false)
  })

  test('after it failed has not stalled', async () => {
    const store = request()
    await expect(store.receive(Promise.reject(new Error('x')))).rejects.toBeDefined()
    await jest.advanceTimersByTimeAsync(2 * STALL_TIMEOUT)
    expect(store.signal.aborted).toBe(false)
  })
})

describe('the signal of the response', () => {
  test('aborts the request', () => {
    const controller = new AbortController()
    const store = request(controller.signal)
    expect(store.signal.aborted).toBe(false)
    controller.abort()
    expect(store.signal.aborted).toBe(true)
  })

  test('that fired already aborts it at once', () => {
    expect(request(AbortSignal.abort()).signal.aborted).toBe(true)
  })

  test('does not abort a request whose response is complete', () => {
    const controller = new AbortController()
    const store = request(controller.signal)
    store.end()
    controller.abort()
    expect(store.signal.aborted).toBe(false)
  })

  test.each<[how: string, end: (store: StoreRequest) => void]>([
    ['is complete', (store) => store.end()],
    ['is aborted', (store) => store.abort()],
  ])('is not listened to after the request %s', (_how, end) => {
    const { signal } = new AbortController()
    const stores = [request(signal), request(signal)]
    expect(getEventListeners(signal, 'abort').length).toBeGreaterThan(0)
    for (const store of stores) end(store)
    expect(getEventListeners(signal, 'abort')).toHaveLength(0)
  })
})

test('what is received after an abort is the error of the client, and no timeout', async () => {
  const store = request()
  const received = store.receive(aborts(store))
  store.abort()
  await expect(received).rejects.toMatchObject({ status: 500, cause: { name: 'AbortError' } })
})

test('a request that is never received from has no timer', () => {
  request()
  expect(jest.getTimerCount()).toBe(0)
  void request().receive(NEVER)
  expect(jest.getTimerCount()).toBe(1)
})
