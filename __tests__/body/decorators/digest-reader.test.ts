import { DigestReader, digestHeader } from '../../../lib/body/decorators/digest-reader.js'
import { nextRead, QueuedReader } from '../../support/queued-reader.js'

// RFC 9530, appendix B.1, and `printf '{"hello": "world"}\n' | sha512sum`.
const BODY = '{"hello": "world"}\n'
const SHA_256 = 'sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:'
const SHA_512 =
  'sha-512=:YMAam51Jz/jOATT6/zvHrLVgOYTGFy1d6GJiOHTohq4yP+pgk4vf2aCsyRZOtw8MjkM7iw7yZ/WkppmM44T3qg==:'

test.each([
  ['sha-256', SHA_256],
  ['sha-512', SHA_512],
] as const)('%s of bytes in memory is that of RFC 9530', (algorithm, field) => {
  expect(digestHeader(Buffer.from(BODY), algorithm)).toBe(field)
})

test.each([
  ['its last buffer is marked', [null, Buffer.from(BODY.slice(4)), true]],
  ['the end is read', [null, Buffer.from(BODY.slice(4))]],
] as const)('a body has its digest before the end is delivered, where %s', async (_how, rest) => {
  const digests: string[] = []
  const inner = new QueuedReader([null, Buffer.from(BODY.slice(0, 4))], [...rest])
  const reader = new DigestReader(inner, 'sha-256', (field) => digests.push(field))
  expect(await nextRead(reader)).toBe(BODY.slice(0, 4))
  expect(digests).toEqual([])
  const last = await nextRead(reader)
  if (!String(last).endsWith('!')) expect(await nextRead(reader)).toBe('end')
  expect(digests).toEqual([SHA_256])
})

test('a body that fails has no digest', async () => {
  const onDigest = jest.fn()
  const failure = new Error('foo')
  const reader = new DigestReader(new QueuedReader([failure]), 'sha-256', onDigest)
  expect(await nextRead(reader)).toBe(failure)
  expect(onDigest).not.toHaveBeenCalled()
})
