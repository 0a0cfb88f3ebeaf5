import type { IncomingMessage } from 'node:http'
import { applicationError } from '../errors.js'
import { type ByteStream, type ClassifiedBody, classifyBody, type MadeBody } from './body.js'
import { windowReader } from './chunks-of.js'
import { openHandle } from './handle-file.js'
import type { ChunkReader, TakeBlock } from './source.js'

const HANDLE_CHUNK = 64 * 1024

/** What a body function is told. */
export interface BodyContext {
  /** Fires when the client disconnects, or the response fails or is aborted; not when it completes. */
  readonly signal: AbortSignal
  readonly req: IncomingMessage
}

/** Makes the body of a response, and is called once, only if a body is to be sent. */
export type BodyFunction = {
  // A method, so that a function that takes an Express request is accepted too.
  call(context: BodyContext): MadeBody | PromiseLike<MadeBody>
}['call']

/** The stream of a body that a function makes when the first block is read. */
export function functionStream(make: BodyFunction, req: object): ByteStream {
  const controller = new AbortController()
  const context = { signal: controller.signal, req: req as IncomingMessage }
  return {
    deferred: true,
    open: () => new FunctionBody(async () => make(context), controller),
    abort: () => controller.abort(),
  }
}

/** Reads what a function makes, which may take its time. Closing aborts its signal unless it was read. */
class FunctionBody implements ChunkReader {
  readonly #make: () => Promise<unknown>
  readonly #controller: AbortController
  #made: ChunkReader | undefined
  #called = false
  #ended = false
  #closed = false

  constructor(make: () => Promise<unknown>, controller: AbortController) {
    this.#make = make
    this.#controller = controller
  }

  read(want: number, take: TakeBlock): void {
    if (this.#made !== undefined) return this.#readFrom(this.#made, want, take)
    this.#called = true
    this.#make()
      .then((body) => readerOf(body))
      .then(
        (made) => this.#begin(made, want, take),
        (error: unknown) => take(applicationError(error)),
      )
  }

  recycle(block: Uint8Array): void {
    this.#made?.recycle(block)
  }

  close(): Promise<void> | undefined {
    this.#closed = true
    if (this.#called && !this.#ended) this.#controller.abort()
    return this.#made?.close()
  }

  /** A body that comes after the response has ended is not read, but it must be closed. */
  #begin(made: ChunkReader, want: number, take: TakeBlock): void {
    if (this.#closed) return void made.close()
    this.#made = made
    this.#readFrom(made, want, take)
  }

  #readFrom(made: ChunkReader, want: number, take: TakeBlock): void {
    made.read(want, (error, block, last = false) => {
      this.#ended = error === null && (block === undefined || last)
      take(error, block, last)
    })
  }
}

/** @throws TypeError where the function returned no body, or a path, whose headers come before it */
async function readerOf(body: unknown): Promise<ChunkReader> {
  if (typeof body === 'string' || body instanceof URL) {
    throw new TypeError('A body function must not return a path: pass the path itself')
  }
  return open(classifyBody(body))
}

async function open(body: ClassifiedBody): Promise<ChunkReader> {
  if (body.kind === 'stream') return body.stream.open()
  const found = await openHandle(body.handle)
  if (found.kind === 'file') return windowReader(found.file, { start: 0 }, HANDLE_CHUNK)
  throw found.kind === 'nothing' ? found.error : new TypeError('The FileHandle is of a directory')
}
