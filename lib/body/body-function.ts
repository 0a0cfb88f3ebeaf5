import type { IncomingMessage } from 'node:http'
import { applicationError } from '../errors.js'
import { openHandle } from '../source/disk/handle-file.js'
import { readWindow } from '../source/read-window.js'
import type { ChunkReader, ReadCallback } from '../source/source.js'
import {
  type BodyValue,
  type ClassifiedBody,
  classifyBody,
  type StreamableBody,
} from './classify-body.js'

const FILE_HANDLE_CHUNK_SIZE = 64 * 1024

/** The argument of a body function. */
export interface BodyContext {
  /** Aborted if the client disconnects, or if the response fails or is aborted; not when it completes. */
  readonly signal: AbortSignal
  /** The request that the response belongs to. */
  readonly req: IncomingMessage
}

/** Returns the body of a response. Called once, and only if the response has a body. */
export type BodyFunction = {
  // A method type, because its parameters are bivariant: a function that takes an Express request is accepted.
  call(context: BodyContext): BodyValue | PromiseLike<BodyValue>
}['call']

/** A body that a function returns; the function is called at the first read. */
export function bodyFromFunction(bodyFunction: BodyFunction, req: object): StreamableBody {
  return deferredBody((signal) => bodyFunction({ signal, req: req as IncomingMessage }), openReader)
}

/**
 * A body that is created at the first read.
 *
 * @param create is called once. The signal fires unless the body is read to its end
 * @param open reads what was created
 */
export function deferredBody(
  create: (signal: AbortSignal) => unknown,
  open: (created: unknown) => Promise<ChunkReader> | ChunkReader,
): StreamableBody {
  const controller = new AbortController()
  const openCreated = async () => open(await create(controller.signal))
  return {
    deferred: true,
    open: () => new FunctionReader(openCreated, controller),
    abort: () => controller.abort(),
  }
}

/** Reads the body that a function returns, perhaps as a promise. Closing it before its end aborts the signal. */
class FunctionReader implements ChunkReader {
  readonly #open: () => Promise<ChunkReader>
  readonly #controller: AbortController
  #reader: ChunkReader | undefined
  #called = false
  #ended = false
  #closed = false

  constructor(open: () => Promise<ChunkReader>, controller: AbortController) {
    this.#open = open
    this.#controller = controller
  }

  read(sizeHint: number, callback: ReadCallback): void {
    if (this.#reader !== undefined) return this.#readFrom(this.#reader, sizeHint, callback)
    this.#called = true
    this.#open().then(
      (reader) => this.#begin(reader, sizeHint, callback),
      (error: unknown) => callback(applicationError(error)),
    )
  }

  release(buffer: Uint8Array): void {
    this.#reader?.release(buffer)
  }

  close(): Promise<void> | undefined {
    this.#closed = true
    if (this.#called && !this.#ended) this.#controller.abort()
    return this.#reader?.close()
  }

  /** A body that is returned after the response has ended is not read, but it must be closed. */
  #begin(reader: ChunkReader, sizeHint: number, callback: ReadCallback): void {
    if (this.#closed) return void reader.close()
    this.#reader = reader
    this.#readFrom(reader, sizeHint, callback)
  }

  #readFrom(reader: ChunkReader, sizeHint: number, callback: ReadCallback): void {
    reader.read(sizeHint, (error, buffer, last = false) => {
      this.#ended = error === null && (buffer === undefined || last)
      callback(error, buffer, last)
    })
  }
}

/** @throws TypeError if the function returned no body, or a path: the headers of a file must be known before */
async function openReader(body: unknown): Promise<ChunkReader> {
  if (typeof body === 'string' || body instanceof URL) {
    throw new TypeError(
      'A body function must not return a path: pass the path itself to streamResponse',
    )
  }
  return open(classifyBody(body))
}

async function open(body: ClassifiedBody): Promise<ChunkReader> {
  if (body.kind === 'stream') return body.stream.open()
  const result = await openHandle(body.handle)
  if (result.kind === 'file') return readWindow(result.file, { start: 0 }, FILE_HANDLE_CHUNK_SIZE)
  throw result.kind === 'missing' ? result.error : new TypeError('The FileHandle is of a directory')
}
