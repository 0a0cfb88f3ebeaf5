import { ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import type { ChunkReader, NothingSent, SendfileReader } from '../source/source.js'
import { countSentBytes } from './bytes-written.js'
import { hasNativeWrite } from './native-write.js'
import { isChunked, type ResponseLike, writeAllButLastChunk } from './response-like.js'
import { idleDescriptor } from './write-progress.js'

// One fast client must not keep the event loop from the others: this takes as long as one large write.
const MAX_BYTES_PER_TURN = 1024 * 1024

// What is read and written while the socket is full, so that Node tells when it has room again.
const FULL_SOCKET_READ = 2 * 1024

const NO_BYTES = Buffer.alloc(0)
const CRLF = Buffer.from('\r\n')

/** How many bytes were sent, and whether more can be in the next turn. If not, `read` comes next. */
export interface SendfileStep {
  readonly bytes: number
  readonly isUnfinished: boolean
}

/** The writer for a body, if its reader can send it. */
export function sendfileWriter(
  res: ResponseLike,
  reader: ChunkReader,
  chunkSize: number | undefined,
): SendfileWriter | undefined {
  if (!(res instanceof ServerResponse) || chunkSize === undefined) return undefined
  return isSendfileReader(reader) ? new SendfileWriter(res, reader, chunkSize) : undefined
}

function isSendfileReader(reader: ChunkReader): reader is SendfileReader {
  return 'calls' in reader && reader.calls !== undefined
}

/**
 * Sends an HTTP/1 body with `sendfile`, while nothing of the socket waits in this process, so that the order
 * of the bytes is the order of the calls. The first and the last buffer of a body are always written by Node,
 * and so is every buffer for which the socket or the disk must be waited for.
 */
export class SendfileWriter {
  readonly #res: ServerResponse
  readonly #reader: SendfileReader
  readonly #chunkSize: number
  /** A part of the chunked coding that precedes the next byte of the body. */
  #framing = NO_BYTES
  /** The bytes that are missing in the chunk that was begun. */
  #restOfChunk = 0
  #readsAhead = false
  #socket: Socket | undefined

  constructor(res: ServerResponse, reader: SendfileReader, chunkSize: number) {
    this.#res = res
    this.#reader = reader
    this.#chunkSize = chunkSize
  }

  /** How many bytes to read next, where the client could take `ahead` bytes. */
  sizeHint(ahead: number): number {
    const bytes = this.#readsAhead ? ahead : FULL_SOCKET_READ
    return this.#restOfChunk > 0 ? Math.min(bytes, this.#restOfChunk) : bytes
  }

  /** Sends as much as the socket and this turn of the event loop allow. */
  send(): SendfileStep {
    const { socket } = this.#res
    const descriptor = hasNativeWrite(this.#res) ? idleDescriptor(this.#res) : undefined
    this.#readsAhead = descriptor === undefined
    if (socket === null || descriptor === undefined) return { bytes: 0, isUnfinished: false }
    this.#socket = socket
    let bytes = 0
    let result: number | NothingSent = 0
    while (typeof result === 'number' && bytes < MAX_BYTES_PER_TURN) {
      result = this.#sendNext(socket, descriptor)
      if (typeof result === 'number') bytes += result
    }
    this.#readsAhead = result === 'uncached'
    // Node sees no write, and would take the connection for idle.
    if (bytes > 0 && socket.timeout) socket.setTimeout(socket.timeout)
    return { bytes, isUnfinished: typeof result === 'number' }
  }

  /** Whether the callback of a write can be relied on: a middleware may have replaced `write` and drop it. */
  get canWrite(): boolean {
    return this.#restOfChunk > 0 || hasNativeWrite(this.#res)
  }

  /** Writes a buffer that was read, in the chunk that was begun or in chunks of its own. */
  write(buffer: Uint8Array, written: (error?: Error | null) => void): void {
    const { socket } = this.#res
    socket?.cork()
    this.writeFraming()
    if (socket === null || this.#restOfChunk === 0) {
      this.#res.write(writeAllButLastChunk(this.#res, buffer, this.#chunkSize), written)
    } else {
      this.#restOfChunk -= buffer.length
      socket.write(buffer, written)
      if (this.#restOfChunk === 0) socket.write(CRLF)
    }
    socket?.uncork()
  }

  /** Writes what ends the chunk before, if it could not be sent. */
  writeFraming(): void {
    if (this.#framing.length > 0) this.#res.socket?.write(this.#framing)
    this.#framing = NO_BYTES
  }

  /** Destroys the connection if the response was ended by others within a chunk, of which Node knows nothing. */
  abortWithinChunk(): void {
    if (this.#restOfChunk > 0 || this.#framing.length > 0) this.#socket?.destroy()
  }

  #sendNext(socket: Socket, descriptor: number): number | NothingSent {
    const isFramed = isChunked(this.#res)
    if (isFramed) {
      const isWithinChunk = this.#restOfChunk > 0 || this.#beginChunk()
      if (!this.#sendFraming(socket, descriptor)) return 'full'
      if (!isWithinChunk) return 'read'
    }
    const most = isFramed ? Math.min(this.#restOfChunk, MAX_BYTES_PER_TURN) : MAX_BYTES_PER_TURN
    const sent = this.#reader.sendTo(descriptor, most)
    if (typeof sent !== 'number') return sent
    countSentBytes(socket, sent)
    if (isFramed) this.#restOfChunk -= sent
    if (isFramed && this.#restOfChunk === 0) this.#framing = CRLF
    return sent
  }

  /** Begins a chunk of the full size. The last chunk is begun by Node. */
  #beginChunk(): boolean {
    if (this.#reader.sendable < this.#chunkSize) return false
    this.#restOfChunk = this.#chunkSize
    const size = Buffer.from(`${this.#chunkSize.toString(16)}\r\n`, 'latin1')
    this.#framing = this.#framing.length > 0 ? Buffer.concat([this.#framing, size]) : size
    return true
  }

  /** Returns whether all of it was sent. */
  #sendFraming(socket: Socket, descriptor: number): boolean {
    if (this.#framing.length === 0) return true
    const sent = Math.max(this.#reader.calls.send(descriptor, this.#framing), 0)
    this.#framing = this.#framing.subarray(sent)
    countSentBytes(socket, sent)
    return this.#framing.length === 0
  }
}
