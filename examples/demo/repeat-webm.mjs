// Repeats a WebM clip, so that a small file of the repository becomes a long video: a browser waits for what
// is little ahead of the bytes it has, and only a seek beyond that needs a range of its own.
// https://www.rfc-editor.org/rfc/rfc8794 (EBML), https://www.rfc-editor.org/rfc/rfc9559 (Matroska)

const SEGMENT = 0x18538067
const INFO = 0x1549a966
const DURATION = 0x4489
const TRACKS = 0x1654ae6b
const CUES = 0x1c53bb6b
const CLUSTER = 0x1f43b675
const TIMESTAMP = 0xe7
const CUE_POINT_BYTES = 19

/** The bytes of a clip that is played several times. Its cues are at the front, so that it can be sought. */
export function repeatWebm(clip, times) {
  const [header, segment] = elementsOf(clip)
  const children = elementsOf(segment.data)
  const info = Buffer.from(only(children, INFO).all)
  const duration = only(elementsOf(only(children, INFO).data), DURATION)
  const milliseconds = duration.data.readDoubleBE()
  info.writeDoubleBE(milliseconds * times, info.indexOf(duration.all) + 3)

  const minute = children.filter(({ id }) => id === CLUSTER)
  const clusters = Array.from({ length: times }, (_, round) =>
    minute.map((cluster) => clusterAt(cluster, Math.round(round * milliseconds))),
  ).flat()
  const cuesSize = CUE_POINT_BYTES * clusters.length
  const front = [info, only(children, TRACKS).all]
  let position = sizeOf(front) + 12 + cuesSize
  const cues = clusters.map(({ time, bytes }) => {
    const cue = cuePoint(time, position)
    position += bytes.length
    return cue
  })
  const body = [
    ...front,
    elementHeader(CUES, cuesSize),
    ...cues,
    ...clusters.map(({ bytes }) => bytes),
  ]
  return Buffer.concat([header.all, elementHeader(SEGMENT, sizeOf(body)), ...body])
}

const sizeOf = (buffers) => buffers.reduce((sum, { length }) => sum + length, 0)

/** A cluster that begins later. */
function clusterAt({ data }, offset) {
  const timestamp = only(elementsOf(data), TIMESTAMP)
  const time = timestamp.data.readUIntBE(0, timestamp.data.length) + offset
  const begin = Buffer.from([TIMESTAMP, 0x84, 0, 0, 0, 0])
  begin.writeUInt32BE(time, 2)
  const rest = data.subarray(timestamp.all.length)
  const bytes = Buffer.concat([elementHeader(CLUSTER, begin.length + rest.length), begin, rest])
  return { time, bytes }
}

/** CuePoint { CueTime, CueTrackPositions { CueTrack 1, CueClusterPosition } } */
function cuePoint(time, position) {
  const cue = Buffer.from('bb91b38400000000b789f78101f18400000000', 'hex')
  cue.writeUInt32BE(time, 4)
  cue.writeUInt32BE(position, 15)
  return cue
}

/** An id of four bytes, and a size of eight. */
function elementHeader(id, size) {
  const header = Buffer.alloc(12)
  header.writeUInt32BE(id)
  header.writeBigUInt64BE((1n << 56n) | BigInt(size), 4)
  return header
}

function only(elements, id) {
  const [element] = elements.filter((one) => one.id === id)
  if (element === undefined) throw new Error(`The clip has no element ${id.toString(16)}`)
  return element
}

function elementsOf(bytes) {
  const elements = []
  for (let start = 0; start < bytes.length; ) {
    const idLength = Math.clz32(bytes[start]) - 23
    const sizeAt = start + idLength
    const sizeLength = Math.clz32(bytes[sizeAt]) - 23
    const marked = bytes.subarray(sizeAt, sizeAt + sizeLength).toString('hex')
    const size = Number(BigInt.asUintN(7 * sizeLength, BigInt(`0x${marked}`)))
    const dataAt = sizeAt + sizeLength
    const end = dataAt + size
    const id = bytes.readUIntBE(start, idLength)
    elements.push({ id, all: bytes.subarray(start, end), data: bytes.subarray(dataAt, end) })
    start = end
  }
  return elements
}
