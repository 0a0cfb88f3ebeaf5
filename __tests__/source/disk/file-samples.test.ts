import { FileSamples } from '../../../lib/source/disk/file-samples.js'
import type { RandomAccessFile } from '../../../lib/source/source.js'
import { patternOf } from '../../support/files.js'

const KIB = 1024
const SIZE = 256 * KIB

/** The part of a file that samples are read from; a test may change its content. */
class ChangingFile implements Pick<RandomAccessFile, 'readFully'> {
  content: Buffer

  constructor(content: Buffer) {
    this.content = content
  }

  readFully: RandomAccessFile['readFully'] = (buffer, position, callback) =>
    callback(null, this.content.subarray(position).copy(buffer))
}

/** Samples of a whole file that was read in buffers of 16 KiB. */
function samplesOf(file: ChangingFile): FileSamples {
  const samples = new FileSamples(file, { start: 0, end: file.content.length - 1 })
  for (let position = 0; position < SIZE; position += 16 * KIB) {
    samples.add(file.content.subarray(position, position + 16 * KIB), position)
  }
  return samples
}

test('a file that was only appended to still matches', async () => {
  const file = new ChangingFile(patternOf(SIZE))
  const samples = samplesOf(file)
  file.content = Buffer.concat([file.content, Buffer.from('more')])
  expect(await samples.stillMatch()).toBe(true)
})

test.each([
  ['the end of the first buffer', 16 * KIB - 1],
  ['the end of the last buffer, and of the body', SIZE - 1],
])('a file that differs at %s does not match', async (_where, position) => {
  const file = new ChangingFile(patternOf(SIZE))
  const samples = samplesOf(file)
  file.content = Buffer.from(file.content)
  file.content[position] = (file.content[position] ?? 0) ^ 1
  expect(await samples.stillMatch()).toBe(false)
})

test('a file that became too short for a sample does not match', async () => {
  const file = new ChangingFile(patternOf(SIZE))
  const samples = samplesOf(file)
  file.content = file.content.subarray(0, 20 * KIB)
  expect(await samples.stillMatch()).toBe(false)
})

test('a file that cannot be read does not match, and nothing rejects', async () => {
  const file = new ChangingFile(patternOf(SIZE))
  const samples = samplesOf(file)
  file.readFully = (_buffer, _position, callback) => callback(new Error('foo'), 0)
  expect(await samples.stillMatch()).toBe(false)
})

test('a body without an end has no sample of its end', async () => {
  const file = new ChangingFile(patternOf(SIZE))
  const samples = new FileSamples(file, { start: 0, end: Number.POSITIVE_INFINITY })
  samples.add(file.content.subarray(0, 100), 0)
  file.content = Buffer.concat([file.content.subarray(0, 100), Buffer.alloc(SIZE)])
  expect(await samples.stillMatch()).toBe(true)
})

test('the number of samples is bounded, whatever the number of buffers', async () => {
  const file = new ChangingFile(patternOf(SIZE))
  const samples = new FileSamples(file, { start: 0, end: SIZE - 1 })
  let compared = 0
  for (let position = 0; position < SIZE; position += KIB) {
    samples.add(file.content.subarray(position, position + KIB), position)
  }
  const { readFully } = file
  file.readFully = (...parameters) => {
    compared++
    readFully(...parameters)
  }
  expect(await samples.stillMatch()).toBe(true)
  expect(compared).toBeLessThanOrEqual(9)
  expect(compared).toBeGreaterThanOrEqual(5)
})
