import { getEventListeners } from 'node:events'
import { FollowReader } from '../../../lib/source/disk/follow-reader.js'
import type { FollowOptions } from '../../../lib/source/source.js'
import { GrowingFile } from '../../support/growing-file.js'

beforeEach(() => {
  jest.useFakeTimers()
})

afterEach(() => {
  expect(jest.getTimerCount()).toBe(0)
  jest.useRealTimers()
})

const pass = (milliseconds: number) => jest.advanceTimersByTimeAsync(milliseconds)

const A_POLL = 100

interface Followed {
  readonly body: FollowReader
  /** All that was read so far. */
  text: string
  ended: boolean
  error: Error | undefined
}

/** Follows a file for as long as there is something to read. */
function follow(file: GrowingFile, settings: FollowOptions = {}, start = 0): Followed {
  const body = new FollowReader(file, start, settings)
  const followed: Followed = { body, text: '', ended: false, error: undefined }
  const readOn = () =>
    body.read(1, (error, buffer) => {
      followed.ended = error !== null || buffer === undefined
      followed.error = error ?? undefined
      if (buffer !== undefined) followed.text += Buffer.from(buffer).toString()
      if (followed.ended) body.close()
      else readOn()
    })
  readOn()
  return followed
}

const LOG = 'one\ntwo\n'
const LONG_LOG = 'a line of a log\n'.repeat(10_000)

describe('a file that is truncated in place and written to again aborts the body', () => {
  test.each([
    ['missing', LOG, ''],
    ['less', LOG, 'ONE\n'],
    ['as much', LOG, 'ONE\nTWO\n'],
    ['more', LOG, 'ONE\nTWO\nTHREE\n'],
    ['much more than is read at once', LOG, 'ONE\n'.repeat(100_000)],
    ['less than there was of a long one', LONG_LOG, 'one\n'],
    ['more than there was of a long one', LONG_LOG, LONG_LOG.toUpperCase() + LONG_LOG],
  ])('with %s by the next poll', async (_what, before, after) => {
    const file = new GrowingFile(before)
    const followed = follow(file)
    await pass(A_POLL)
    expect(followed).toMatchObject({ text: before, ended: false })
    file.write(after)
    await pass(A_POLL)
    expect(followed).toMatchObject({ text: before, error: { code: 'ERR_FILE_CHANGED' } })
    expect(file.closed).toBe(1)
  })

  test('while it is still being read', async () => {
    const file = new GrowingFile(LONG_LOG)
    const body = new FollowReader(file, 0, {})
    const read = () => new Promise<Error | null>((resolve) => body.read(1, resolve))
    expect(await read()).toBeNull()
    file.write(LONG_LOG.toUpperCase())
    expect(await read()).toMatchObject({ code: 'ERR_FILE_CHANGED' })
    body.close()
  })

  test('even if nothing was sent yet, because the body starts at its end', async () => {
    const file = new GrowingFile(LOG)
    const followed = follow(file, {}, LOG.length)
    await pass(A_POLL)
    file.write('ONE\nTWO\nTHREE\n')
    await pass(A_POLL)
    expect(followed).toMatchObject({ text: '', error: { code: 'ERR_FILE_CHANGED' } })
  })
})

test('appended content of any length is read at the next poll', async () => {
  const file = new GrowingFile('')
  const followed = follow(file)
  let written = ''
  for (const text of ['one\n', 'x', LONG_LOG, 'two\n']) {
    file.append(text)
    written += text
    await pass(A_POLL)
    expect(followed).toMatchObject({ text: written, ended: false })
  }
  followed.body.close()
})

test('a file whose mtime alone changes is still followed', async () => {
  const file = new GrowingFile(LOG)
  const followed = follow(file)
  await pass(A_POLL)
  file.touch()
  await pass(A_POLL)
  file.append('three\n')
  await pass(A_POLL)
  expect(followed).toMatchObject({ text: `${LOG}three\n`, ended: false })
  followed.body.close()
})

describe('a start beyond the end', () => {
  test('is waited for', async () => {
    const file = new GrowingFile('0123')
    const followed = follow(file, {}, 8)
    await pass(10 * A_POLL)
    expect(followed).toMatchObject({ text: '', ended: false })
    file.append('4567')
    await pass(10 * A_POLL)
    expect(followed).toMatchObject({ text: '', ended: false })
    file.append('89')
    await pass(A_POLL)
    expect(followed).toMatchObject({ text: '89', ended: false })
    followed.body.close()
  })

  test('is passed by one append', async () => {
    const file = new GrowingFile('0123')
    const followed = follow(file, {}, 6)
    await pass(A_POLL)
    file.append('456789')
    await pass(A_POLL)
    expect(followed).toMatchObject({ text: '6789', ended: false })
    followed.body.close()
  })

  test('is waited for if the file was truncated before it was read', async () => {
    const file = new GrowingFile('01234567')
    file.write('ab')
    const followed = follow(file, {}, 6)
    await pass(A_POLL)
    file.append('cdefgh')
    await pass(A_POLL)
    expect(followed).toMatchObject({ text: 'gh', ended: false })
    followed.body.close()
  })

  test('is still waited for if the file is truncated', async () => {
    const file = new GrowingFile('0123')
    const followed = follow(file, {}, 6)
    await pass(A_POLL)
    file.write('ab')
    await pass(A_POLL)
    file.append('cdefgh')
    await pass(A_POLL)
    expect(followed).toMatchObject({ text: 'gh', ended: false })
    followed.body.close()
  })
})

describe('followIdle', () => {
  const IDLE = 1000

  test.each([
    ['what is sent', 0],
    ['what stands before the start', 1_000_000],
  ])('is renewed by each append to %s', async (_what, start) => {
    const file = new GrowingFile(LOG)
    const followed = follow(file, { idle: IDLE }, start)
    for (let round = 0; round < 5; round++) {
      await pass(IDLE - A_POLL)
      expect(followed.ended).toBe(false)
      file.append('more\n')
      await pass(A_POLL)
    }
    expect(followed.ended).toBe(false)
    await pass(IDLE - 1)
    expect(followed.ended).toBe(false)
    await pass(A_POLL + 1)
    expect(followed).toMatchObject({ ended: true, error: undefined })
  })

  test('does not count the time in which a slow client reads existing content', async () => {
    const file = new GrowingFile(LONG_LOG)
    const body = new FollowReader(file, 0, { idle: IDLE })
    const read = () =>
      new Promise<number | undefined>((resolve) =>
        body.read(1, (_error, buffer) => resolve(buffer?.length)),
      )
    for (let left = LONG_LOG.length; left > 0; left -= (await read()) ?? left) await pass(IDLE)
    let ended = false
    void read().then((length) => {
      ended = length === undefined
    })
    await pass(IDLE - A_POLL)
    expect(ended).toBe(false)
    await pass(2 * A_POLL)
    expect(ended).toBe(true)
    body.close()
  })

  test('loses nothing that is appended just before it ends', async () => {
    const file = new GrowingFile(LOG)
    const followed = follow(file, { idle: IDLE })
    await pass(IDLE - 1)
    file.append('late\n')
    await pass(A_POLL)
    expect(followed).toMatchObject({ text: `${LOG}late\n`, ended: false })
    followed.body.close()
  })
})

describe('a file that was renamed', () => {
  test('ends a second after the last append', async () => {
    const file = new GrowingFile(LOG)
    const followed = follow(file)
    await pass(A_POLL)
    file.inPlace = false
    await pass(900)
    file.append('rest\n')
    await pass(900)
    expect(followed).toMatchObject({ text: `${LOG}rest\n`, ended: false })
    await pass(300)
    expect(followed).toMatchObject({ ended: true, error: undefined })
  })

  test('is still followed after it is renamed back', async () => {
    const file = new GrowingFile(LOG)
    const followed = follow(file)
    for (const inPlace of [false, true, false, true]) {
      file.inPlace = inPlace
      await pass(900)
    }
    expect(followed.ended).toBe(false)
    followed.body.close()
  })
})

describe('aborting the signal ends the body', () => {
  test('immediately while it waits', async () => {
    const controller = new AbortController()
    const followed = follow(new GrowingFile(LOG), { signal: controller.signal })
    await pass(A_POLL)
    controller.abort()
    expect(followed).toMatchObject({ text: LOG, ended: true, error: undefined })
    expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0)
  })

  test('while a read finds nothing new', async () => {
    const controller = new AbortController()
    const file = new GrowingFile(LOG)
    const followed = follow(file, { signal: controller.signal })
    await pass(A_POLL)
    const fill = file.readFully.bind(file)
    file.readFully = (...parameters) => {
      controller.abort()
      fill(...parameters)
    }
    file.touch()
    await pass(A_POLL)
    expect(followed).toMatchObject({ text: LOG, ended: true, error: undefined })
  })

  test('before it began', async () => {
    const followed = follow(new GrowingFile(LOG), { signal: AbortSignal.abort() })
    expect(followed).toMatchObject({ text: '', ended: true, error: undefined })
  })
})

test('closing during a read leaves no poll behind', async () => {
  const file = new GrowingFile(LOG)
  const followed = follow(file)
  await pass(A_POLL)
  const fill = file.readFully.bind(file)
  file.readFully = (...parameters) => {
    followed.body.close()
    fill(...parameters)
  }
  file.touch()
  await pass(A_POLL)
  expect(jest.getTimerCount()).toBe(0)
})

test('closing stops waiting and polling', async () => {
  const file = new GrowingFile(LOG)
  const followed = follow(file)
  await pass(A_POLL)
  followed.body.close()
  expect(jest.getTimerCount()).toBe(0)
  const { statesAsked } = file
  file.append('more\n')
  await pass(10 * A_POLL)
  expect(file.statesAsked).toBe(statesAsked)
  expect(followed).toMatchObject({ text: LOG, ended: false })
})
