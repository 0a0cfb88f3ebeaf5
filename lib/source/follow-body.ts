import { onAbort } from '../abort-signal.js'
import { FileChangedError } from './file-body.js'
import type { ChunkReader, FileBytes, FollowSettings, TakeBlock } from './source.js'

// Asking costs two stats, and works on every system and every kind of disk, which watching does not.
const ASK_EVERY_MS = 100

// Whoever writes a log may go on in the old file for a moment after it was renamed.
const ROTATED_FOR_MS = 1000

const BLOCK = 64 * 1024

const NOTHING = new Uint8Array(0)

/**
 * Reads a file and then what is appended to it. A file that was rotated away, or deleted, is read to
 * its end and is then over. One that became shorter fails: what stood there was lost.
 */
export class FollowBody implements ChunkReader {
  readonly #file: FileBytes
  readonly #settings: FollowSettings
  readonly #stopListening: () => void
  #position: number
  #grewAt = performance.now()
  #goneSince: number | undefined
  #timer: NodeJS.Timeout | undefined
  #waiting: TakeBlock | undefined
  #began = false
  #closed = false

  constructor(file: FileBytes, start: number, settings: FollowSettings) {
    this.#file = file
    this.#position = start
    this.#settings = settings
    this.#stopListening = onAbort(settings.signal, this.#stop)
  }

  read(_want: number, take: TakeBlock): void {
    if (this.#settings.signal?.aborted) return take(null)
    const target = Buffer.allocUnsafe(BLOCK)
    this.#file.fill(target, this.#position, (error, bytesRead) => {
      if (error !== null) return take(error)
      if (bytesRead > 0) return this.#hand(target.subarray(0, bytesRead), take)
      // The answer begins with the file, even one to which nothing is ever written.
      if (!this.#began) return this.#hand(NOTHING, take)
      this.#look(take)
    })
  }

  recycle(): void {}

  close(): undefined {
    this.#closed = true
    clearTimeout(this.#timer)
    this.#stopListening()
    this.#file.close()
  }

  #hand(block: Uint8Array, take: TakeBlock): void {
    this.#began = true
    this.#position += block.length
    if (block.length > 0) this.#grewAt = performance.now()
    take(null, block)
  }

  /** At the end of the file: is there a reason to stop, or is more to come? */
  #look(take: TakeBlock): void {
    if (this.#closed) return
    this.#file.now((error, size, inPlace) => {
      if (this.#closed) return
      if (error !== null) return take(error)
      if (size < this.#position) return take(new FileChangedError())
      if (size > this.#position) return this.read(0, take)
      if (inPlace) this.#goneSince = undefined
      else this.#goneSince ??= performance.now()
      if (this.#isOver()) return take(null)
      this.#wait(take)
    })
  }

  #isOver(): boolean {
    const now = performance.now()
    const { idle = Number.POSITIVE_INFINITY, signal } = this.#settings
    const rotatedAt = Math.max(this.#goneSince ?? Number.POSITIVE_INFINITY, this.#grewAt)
    return (
      signal?.aborted === true || now - this.#grewAt >= idle || now - rotatedAt >= ROTATED_FOR_MS
    )
  }

  #wait(take: TakeBlock): void {
    this.#waiting = take
    const idleLeft = (this.#settings.idle ?? ASK_EVERY_MS) - (performance.now() - this.#grewAt)
    this.#timer = setTimeout(
      () => {
        this.#waiting = undefined
        if (!this.#closed) this.read(0, take)
      },
      Math.max(Math.min(ASK_EVERY_MS, idleLeft), 1),
    )
  }

  readonly #stop = (): void => {
    const take = this.#waiting
    if (take === undefined) return
    this.#waiting = undefined
    clearTimeout(this.#timer)
    take(null)
  }
}
