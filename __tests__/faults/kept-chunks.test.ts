import type { RequestListener, ServerResponse } from 'node:http'
import { connect, createServer as createHttp2Server } from 'node:http2'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { streamFiles, streamResponse } from '../../lib/index.js'
import { directoryOf, patternOf, removeDirectories } from '../support/files.js'
import { request } from '../support/raw-http.js'
import { withServer } from '../support/server.js'

// What is kept in memory, what one read takes, and what takes several.
const SIZES = [1000, 40_000, 100_000, 200_000, 700_000, 3_000_000]
const COPIES = 4
const ROUNDS = 2

const contents = new Map(
  SIZES.flatMap((size) =>
    Array.from({ length: COPIES }, (_, copy): [string, Buffer] => {
      const bytes = patternOf(size)
      bytes.fill(copy + 1, size / 2)
      return [`${size}-${copy}.bin`, bytes]
    }),
  ),
)
const directory = directoryOf(Object.fromEntries(contents))

afterAll(removeDirectories)

type Wrap = (res: ServerResponse, keep: (chunk: unknown) => void) => ServerResponse

/** The `write` and `end` of a middleware that logs or caches what is sent. */
function keeping(res: ServerResponse, keep: (chunk: unknown) => void) {
  const { write, end } = res
  return {
    write: (...written: unknown[]) => {
      keep(written[0])
      return Reflect.apply(write, res, written)
    },
    end: (...written: unknown[]) => {
      keep(written[0])
      return Reflect.apply(end, res, written)
    },
  }
}

const wraps: [string, Wrap][] = [
  ['assigns them', (res, keep) => Object.assign(res, keeping(res, keep))],
  [
    'puts a prototype in between',
    (res, keep) => {
      const between = Object.create(Object.getPrototypeOf(res))
      return Object.setPrototypeOf(res, Object.assign(between, keeping(res, keep)))
    },
  ],
  [
    'passes on a proxy',
    (res, keep) => {
      const own = new Map<unknown, unknown>(Object.entries(keeping(res, keep)))
      return new Proxy(res, {
        get(target, name) {
          const value: unknown = own.get(name) ?? Reflect.get(target, name, target)
          return typeof value === 'function' && !own.has(name) ? value.bind(target) : value
        },
      })
    },
  ],
]

const serveFiles = streamFiles(directory)
const bodies: [string, RequestListener][] = [
  ['streamFiles', serveFiles],
  [
    'streamResponse',
    (req, res) => void streamResponse(res, join(directory, req.url ?? ''), { maxRate: 1e9 }),
  ],
]

/** Keeps the chunks of each response by the request's target. */
function collector(wrap: Wrap, listener: RequestListener) {
  const kept = new Map<string, Buffer[][]>()
  const collecting: RequestListener = (req, res) => {
    const chunks: Buffer[] = []
    const name = req.url?.slice(1) ?? ''
    kept.set(name, [...(kept.get(name) ?? []), chunks])
    const wrapped = wrap(res, (chunk) => {
      if (Buffer.isBuffer(chunk)) chunks.push(chunk)
      else if (chunk instanceof Uint8Array) throw new Error('A chunk that is no Buffer')
    })
    listener(req, wrapped)
  }
  return { kept, collecting }
}

/** The names of which something else was kept than the file has. */
function wrongOnes(kept: ReadonlyMap<string, Buffer[][]>): string[] {
  return [...kept]
    .filter(([name, all]) => {
      const content = contents.get(name) ?? Buffer.alloc(0)
      return all.some((chunks) => !Buffer.concat(chunks).equals(content))
    })
    .map(([name]) => name)
}

describe.each(bodies)('%s', (_what, listener) => {
  test.each(wraps)('a middleware that %s may keep every chunk', async (_how, wrap) => {
    const { kept, collecting } = collector(wrap, listener)
    await withServer(collecting, async ({ port }) => {
      for (let round = 0; round < ROUNDS; round++) {
        await Promise.all([...contents.keys()].map((name) => request(port, `/${name}`)))
      }
    })
    expect(kept.size).toBe(contents.size)
    expect(wrongOnes(kept)).toEqual([])
  })

  test('it may be under HTTP/2', async () => {
    // Its `end` calls `write`.
    const { kept, collecting } = collector(
      (res, keep) => Object.assign(res, { write: keeping(res, keep).write }),
      listener,
    )
    const server = createHttp2Server((req, res) => {
      Reflect.apply(collecting, undefined, [req, res])
    }).listen(0)
    const client = connect(`http://localhost:${(server.address() as AddressInfo).port}`)
    for (let round = 0; round < ROUNDS; round++) {
      await Promise.all(
        [...contents.keys()].map((name) => {
          const stream = client.request({ ':path': `/${name}` })
          return new Promise((resolve) => stream.resume().once('close', resolve))
        }),
      )
    }
    client.close()
    server.close()
    expect(kept.size).toBe(contents.size)
    expect(wrongOnes(kept)).toEqual([])
  })
})

/** Sends a copy of every chunk and then overwrites the chunk. */
function overwriting(res: ServerResponse): ServerResponse {
  const passOn =
    (original: ServerResponse['write'] | ServerResponse['end']) =>
    (...[chunk, ...others]: unknown[]) => {
      if (!(chunk instanceof Uint8Array)) return Reflect.apply(original, res, [chunk, ...others])
      const result = Reflect.apply(original, res, [Buffer.from(chunk), ...others])
      chunk.fill(0)
      return result
    }
  return Object.assign(res, { write: passOn(res.write), end: passOn(res.end) })
}

const ranges = 'Range: bytes=0-9,20-29'

test.each([
  ['whole', []],
  ['in several parts', [ranges]],
])(
  'a middleware that overwrites chunks does not change a file that is kept, sent %s',
  async (_how, headers) => {
    const name = '1000-1.bin'
    const content = contents.get(name) ?? Buffer.alloc(0)
    let overwrites = false
    const files = streamFiles(directory)
    const listener: RequestListener = (req, res) => files(req, overwrites ? overwriting(res) : res)
    await withServer(listener, async ({ port }) => {
      const get = async (fields: readonly string[]) =>
        (await request(port, `/${name}`, { headers: fields })).body
      await get([])
      await get([])
      overwrites = true
      const changed = await get(headers)
      overwrites = false
      expect((await get([])).equals(content)).toBe(true)
      expect(changed.includes(content.subarray(20, 30))).toBe(true)
    })
  },
)

test("a body of bytes is the application's own, and is not copied", async () => {
  const bytes = patternOf(1000)
  const seen: unknown[] = []
  const listener: RequestListener = (_req, res) => {
    const wrapped = Object.assign(
      res,
      keeping(res, (chunk) => seen.push(chunk)),
    )
    void streamResponse(wrapped, bytes)
  }
  await withServer(listener, ({ port }) => request(port, '/'))
  expect(
    seen.some((chunk) =>
      Buffer.isBuffer(chunk) ? chunk.buffer === bytes.buffer : chunk === bytes,
    ),
  ).toBe(true)
})
