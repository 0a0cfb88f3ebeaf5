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

/** What a body function is told. */
export interface BodyContext {
  /** Fires when the client disconnects, or the response fails or is aborted; not when it completes. */
  readonly signal: AbortSignal
  readonly req: IncomingMessage
}

/** Makes the body of a response, and is called once, only if a body is to be sent. */
export type BodyFunction = {
  // A method, so that a function that takes an Express request is accepted too.
  call(context: BodyContext): BodyValue | PromiseLike<BodyValue>
}['call']

/** The stream of a body that a function makes when the first block is read. */
export function bodyFromFunction(make: BodyFunction, req: object): StreamableBody {
  return deferredBody((signal) => make({ signal, req: req as IncomingMessage }), openReader)
}

/**
 * A body that is made when it is first read.
 *
 * @param make is called once. The signal fires unless the body is read to its end
 * @param open reads what was made
 */
export function deferredBody(
  make: (signal: AbortSignal) => unknown,
  open: (made: unknown) => Promise<ChunkReader> | ChunkReader,
): StreamableBody {
  const controller = new AbortController()
  const openMade = async () => open(await make(controller.signal))
  return {
    deferred: true,
    open: () => new FunctionReader(openMade, controller),
    abort: () => controller.abort(),
  }
}

/** Reads what a function makes, which may take its time. Closing aborts its signal unless it was read. */
class FunctionReader implements ChunkReader {
  readonly #open: () => Promise<ChunkReader>
  readonly #controller: AbortController
  #made: ChunkReader | undefined
  #called = false
  #ended = false
  #closed = false

  constructor(open: () => Promise<ChunkReader>, controller: AbortController) {
    this.#open = open
    this.#controller = controller
  }

  read(sizeHint: number, callback: ReadCallback): void {
    if (this.#made !== undefined) return this.#readFrom(this.#made, sizeHint, callback)
    this.#called = true
    this.#open().then(
      (made) => this.#begin(made, sizeHint, callback),
      (error: unknown) => callback(applicationError(error)),
    )
  }

  release(buffer: Uint8Array): void {
    this.#made?.release(buffer)
  }

  close(): Promise<void> | undefined {
    this.#closed = true
    if (this.#called && !this.#ended) this.#controller.abort()
    return this.#made?.close()
  }

  /** A body that comes after the response has ended is not read, but it must be closed. */
  #begin(made: ChunkReader, sizeHint: number, callback: ReadCallback): void {
    if (this.#closed) return void made.close()
    this.#made = made
    this.#readFrom(made, sizeHint, callback)
  }

  #readFrom(made: ChunkReader, sizeHint: number, callback: ReadCallback): void {
    made.read(sizeHint, (error, buffer, last = false) => {
      this.#ended = error === null && (buffer === undefined || last)
      callback(error, buffer, last)
    })
  }
}

/** @throws TypeError where the function returned no body, or a path, whose headers come before it */
async function openReader(body: unknown): Promise<ChunkReader> {
  if (typeof body === 'string' || body instanceof URL) {
    throw new TypeError('A body function must not return a path: pass the path itself')
  }
  return open(classifyBody(body))
}

async function open(body: ClassifiedBody): Promise<ChunkReader> {
  if (body.kind === 'stream') return body.stream.open()
  const found = await openHandle(body.handle)
  if (found.kind === 'file') return readWindow(found.file, { start: 0 }, FILE_HANDLE_CHUNK_SIZE)
  throw found.kind === 'missing' ? found.error : new TypeError('The FileHandle is of a directory')
}
