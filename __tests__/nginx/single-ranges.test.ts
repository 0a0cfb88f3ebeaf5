import fc from 'fast-check'
import { streamFiles } from '../../lib/index.js'
import { directoryOf, patternOf, removeDirectories } from '../support/files.js'
import { type Nginx, nginxCommand, startNginx } from '../support/nginx.js'
import { request } from '../support/raw-http.js'
import { serve, type TestServer } from '../support/server.js'

const SIZE = 1000
const LAST_MODIFIED = 'Thu, 29 Feb 2024 12:34:56 GMT'

const whereThereIsNginx = nginxCommand === undefined ? describe.skip : describe
const NOTE = nginxCommand === undefined ? ' (skipped: nginx is not installed)' : ''
if (nginxCommand === undefined) {
  process.stderr.write('SKIPPED: ranges are not compared with nginx, which is not installed\n')
}

let nginx: Nginx
let ours: TestServer

interface Seen {
  readonly status: number
  readonly range: string | undefined
  readonly bytes: string
}

async function seen(port: number, name: string, headers: readonly string[]): Promise<Seen> {
  const response = await request(port, `/${name}`, { headers })
  const { status, body } = response
  // The text of an error page is not a range.
  const bytes = status === 416 ? '' : body.toString('latin1')
  return { status, range: response.headers['content-range'], bytes }
}

async function both(name: string, headers: readonly string[]) {
  const [theirs, mine] = await Promise.all([
    seen(nginx.port, name, headers),
    seen(ours.port, name, headers),
  ])
  return { theirs, mine }
}

// Places that matter, and any others; none of more digits than nginx can count.
const place = fc.oneof(
  fc.constantFrom(0, 1, SIZE - 1, SIZE, SIZE + 1, 2 ** 31, 2 ** 32, 2 ** 40),
  fc.nat({ max: SIZE + 50 }),
)
const zeros = fc.constantFrom('', '', '', '0', '000')
const digits = fc.tuple(zeros, place).map(([before, number]) => `${before}${number}`)
const ordered = fc.tuple(place, place).map(([a, b]) => `${Math.min(a, b)}-${Math.max(a, b)}`)
const spec = fc.oneof(
  ordered,
  digits.map((first) => `${first}-`),
  digits.map((suffix) => `-${suffix}`),
)
const field = fc
  .tuple(fc.constantFrom('bytes=', 'bytes=', 'Bytes=', 'bytes= '), spec)
  .map((parts) => `Range: ${parts.join('')}`)

whereThereIsNginx(`compared with nginx${NOTE}`, () => {
  beforeAll(async () => {
    const root = directoryOf({ 'file.bin': patternOf(SIZE), 'empty.bin': '' })
    nginx = await startNginx(nginxCommand ?? 'nginx', root)
    ours = await serve(streamFiles(root))
  })

  afterAll(async () => {
    await Promise.all([nginx.close(), ours.close()])
    removeDirectories()
  })

  test('the same single range gives the same status, Content-Range and bytes', async () => {
    await fc.assert(
      fc.asyncProperty(field, async (range) => {
        const { theirs, mine } = await both('file.bin', [range])
        expect(mine).toEqual(theirs)
      }),
      { numRuns: 300 },
    )
  })

  test('and so does one with a date in If-Range', async () => {
    const date = fc.constantFrom(LAST_MODIFIED, 'Fri, 01 Mar 2024 12:34:56 GMT', 'x', '"x"')
    await fc.assert(
      fc.asyncProperty(field, date, async (range, ifRange) => {
        const { theirs, mine } = await both('file.bin', [range, `If-Range: ${ifRange}`])
        expect(mine).toEqual(theirs)
      }),
      { numRuns: 60 },
    )
  })

  test.each(['lines=0-1', 'bytes', '0-1', 'bytes:0-1', 'bytes=', ''])(
    'what has no unit that is known, or nothing behind it, is ignored: %j',
    async (value) => {
      const { theirs, mine } = await both('file.bin', [`Range: ${value}`])
      expect(mine).toEqual(theirs)
      expect(mine.status).toBe(200)
    },
  )

  // RFC 9110, section 14.2, lets a server ignore or reject what is not a valid ranges-specifier.
  // nginx rejects it. Ignoring it sends the client the file that it requested.
  test.each(['bytes=x', 'bytes=-', 'bytes=1-0', 'bytes=5-2', 'bytes=1.0-2', 'bytes=0-1x'])(
    'what is not a range is ignored, and rejected by nginx: %s',
    async (value) => {
      const { theirs, mine } = await both('file.bin', [`Range: ${value}`])
      expect([theirs.status, mine.status]).toEqual([416, 200])
    },
  )

  // Section 14.1.2 has no white space around the dash.
  test('white space around the dash is malformed here, and a range for nginx', async () => {
    const { theirs, mine } = await both('file.bin', ['Range: bytes=0 - 1'])
    expect([theirs.status, mine.status]).toEqual([206, 200])
  })

  // Section 14.1.2: a last position beyond the end is the end, however many digits it has. nginx
  // takes a number that overflows its integers for none.
  test.each([
    ['bytes=0-99999999999999999999', 'bytes 0-999/1000'],
    ['bytes=-99999999999999999999', 'bytes 0-999/1000'],
  ])('a number beyond all integers is beyond the end: %s', async (value, range) => {
    const { theirs, mine } = await both('file.bin', [`Range: ${value}`])
    expect(theirs.status).toBe(416)
    expect(mine).toMatchObject({ status: 206, range })
  })

  // Section 14.1.2: no first position is inside an empty file, and a suffix of no bytes is of no
  // use; nginx ignores every range that begins at 0 and is empty.
  test.each(['bytes=0-', 'bytes=0-0', 'bytes=-0'])('%s of an empty file', async (value) => {
    const { theirs, mine } = await both('empty.bin', [`Range: ${value}`])
    expect(theirs.status).toBe(200)
    expect(mine).toMatchObject({ status: 416, range: 'bytes */0' })
  })

  test.each(['bytes=1-', 'bytes=-1'])('%s of an empty file is the same', async (value) => {
    const { theirs, mine } = await both('empty.bin', [`Range: ${value}`])
    expect(mine).toEqual(theirs)
  })
})
