import { AsyncLocalStorage } from 'node:async_hooks'
import fs from 'node:fs'
import { join } from 'node:path'
import { type Follower, pollFile } from '../../../lib/source/disk/file-poller.js'
import { openRegularFile } from '../../../lib/source/disk/open-regular-file.js'
import type { FileState } from '../../../lib/source/source.js'
import { directoryOf, removeDirectories } from '../../support/files.js'
import { GrowingFile } from '../../support/growing-file.js'

const FOLLOWERS = 1000
const A_POLL = 100

beforeEach(() => {
  jest.useFakeTimers({ doNotFake: ['setImmediate'] })
})

afterEach(() => {
  expect(jest.getTimerCount()).toBe(0)
  jest.useRealTimers()
})

afterAll(removeDirectories)

const pass = (milliseconds: number) => jest.advanceTimersByTimeAsync(milliseconds)

function followerOf(file: GrowingFile, polled: (state: FileState) => void = () => {}) {
  const told: FileState[] = []
  const failures: unknown[] = []
  const follower: Follower = {
    file,
    polled: (state) => {
      told.push(state)
      polled(state)
    },
    failed: (error) => {
      failures.push(error)
      stop()
    },
  }
  const stop = pollFile(follower)
  return { told, failures, stop }
}

test('a thousand followers of one file share one poll', async () => {
  const files = Array.from({ length: FOLLOWERS }, () => new GrowingFile('x', 'one file'))
  const followers = files.map((file) => followerOf(file))
  expect(jest.getTimerCount()).toBe(1)
  await pass(10 * A_POLL)
  expect(files.reduce((sum, file) => sum + file.statesAsked, 0)).toBe(10)
  for (const { told } of followers) expect(told).toHaveLength(10)
  for (const { stop } of followers) stop()
})

test('polling continues until the last follower stops, and then no timer is left', async () => {
  const file = new GrowingFile('x')
  const [one, other] = [followerOf(file), followerOf(file)]
  await pass(A_POLL)
  one.stop()
  one.stop()
  await pass(A_POLL)
  expect([one.told.length, other.told.length]).toEqual([1, 2])
  other.stop()
  expect(jest.getTimerCount()).toBe(0)
  await pass(10 * A_POLL)
  expect(file.statesAsked).toBe(2)
})

test('a file that is followed again is polled again', async () => {
  const file = new GrowingFile('x')
  followerOf(file).stop()
  const again = followerOf(file)
  await pass(A_POLL)
  expect(again.told).toHaveLength(1)
  again.stop()
})

test('every file has a poll of its own', async () => {
  const files = [new GrowingFile('x'), new GrowingFile('xx')]
  const followers = files.map((file) => followerOf(file))
  await pass(A_POLL)
  expect(followers.map(({ told }) => told.map(({ size }) => size))).toEqual([[1], [2]])
  for (const { stop } of followers) stop()
})

test('a follower that was added during a poll is not called after it', async () => {
  const file = new GrowingFile('x')
  const state = file.currentState.bind(file)
  let late: ReturnType<typeof followerOf> | undefined
  file.currentState = () => {
    late ??= followerOf(file)
    return state()
  }
  const early = followerOf(file)
  await pass(A_POLL)
  expect([early.told.length, late?.told.length]).toEqual([1, 0])
  await pass(A_POLL)
  expect([early.told.length, late?.told.length]).toEqual([2, 1])
  early.stop()
  late?.stop()
})

test('a follower that another one stopped is not called', async () => {
  const file = new GrowingFile('x')
  const first = followerOf(file, () => second.stop())
  const second = followerOf(file)
  await pass(A_POLL)
  expect([first.told.length, second.told.length]).toEqual([1, 0])
  first.stop()
})

test('a follower whose stat fails is called, and the file of the next one is used', async () => {
  const [closed, open] = [new GrowingFile('x', 'shared'), new GrowingFile('x', 'shared')]
  const [failing, going] = [followerOf(closed), followerOf(open)]
  closed.close()
  await pass(2 * A_POLL)
  expect(failing).toMatchObject({ told: [], failures: [expect.any(Error)] })
  expect(going).toMatchObject({ told: [{ size: 1 }, { size: 1 }], failures: [] })
  going.stop()
})

test('each follower is called in the async context in which it subscribed', async () => {
  const request = new AsyncLocalStorage<string>()
  const seen: unknown[] = []
  const files = ['one', 'other', 'closed'].map((store) => {
    const file = new GrowingFile('x', 'in contexts')
    const record = () => seen.push(request.getStore())
    const stop = request.run(store, () => pollFile({ file, polled: record, failed: record }))
    return { file, stop }
  })
  await pass(A_POLL)
  expect(seen.splice(0)).toEqual(['one', 'other', 'closed'])
  for (const { file } of files) file.close()
  await pass(A_POLL)
  expect(seen).toEqual(['one', 'other', 'closed'])
  for (const { stop } of files) stop()
})

describe('files on the disk', () => {
  const turnOfTheLoop = () => new Promise((resolve) => setImmediate(resolve))

  test('take one stat for all followers, and are neither read nor opened', async () => {
    const path = join(directoryOf({ 'a.log': 'line\n' }), 'a.log')
    const opened = await Promise.all(
      Array.from({ length: 20 }, () => openRegularFile(path, { followSymlink: true })),
    )
    const files = opened.flatMap((found) => (found.kind === 'file' ? [found.file] : []))
    let told = 0
    const failed = jest.fn()
    const stops = files.map((file) => pollFile({ file, polled: () => told++, failed }))
    const spies = (['stat', 'fstat', 'lstat', 'open', 'read'] as const).map((name) =>
      jest.spyOn(fs, name),
    )
    await pass(A_POLL)
    while (told < files.length) await turnOfTheLoop()
    expect(failed).not.toHaveBeenCalled()
    expect(spies.map(({ mock }) => mock.calls.length)).toEqual([1, 0, 0, 0, 0])
    for (const spy of spies) spy.mockRestore()
    for (const stop of stops) stop()
    for (const file of files) file.close()
  })
})
