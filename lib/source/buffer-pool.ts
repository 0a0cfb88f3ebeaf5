/** The largest block that is read at once, in bytes. */
export const LARGE_BUFFER = 1024 * 1024

// For the whole process. Who finds the pool empty reads small blocks: a thousand clients that stall
// in the middle of a large block cannot hold more than this.
const MAX_LARGE_BUFFERS = 16

/** The size of the other blocks of the pool, in bytes: what a client that stalls may hold. */
const SMALL_BUFFER = 128 * 1024

// Idle ones are kept for the next; a block that is made and thrown away is work for the collector.
const MAX_IDLE_SMALL_BUFFERS = 32

// Up to here the allocator does as well, and a whole block would be a waste.
const MIN_POOLED_BYTES = 32 * 1024

/** Where the memory of blocks comes from and goes to. What is in it is old data. */
export interface BufferPool {
  /**
   * Whether blocks are only read, and only until they are given back. Otherwise whoever gets a block
   * may keep and change it, so its memory must belong to nobody else.
   */
  mayShare(): boolean
  /**
   * A buffer of `bytes` bytes or, where that cannot be had, of fewer: as many times `unit` as fit into a
   * small buffer, and at least one.
   */
  allocate(bytes: number, unit: number): Buffer
  /** Takes the memory of a block back for the next to use. */
  release(buffer: Uint8Array): void
  /** Gives up what was not given back: somebody may hold it for ever, so it is not used again. */
  abandon(): void
}

/** Memory that whoever got the block may keep. */
export const unpooledBuffers: BufferPool = {
  mayShare: () => false,
  allocate: (bytes) => Buffer.allocUnsafe(bytes),
  release: () => {},
  abandon: () => {},
}

const idleLarge: Buffer[] = []
const idleSmall: Buffer[] = []
let largeInUse = 0

/**
 * Blocks on loan from one pool for the whole process, for the length of one body. Where they may not be
 * shared they are new, and never come into the pool; only how many are large is still bounded.
 */
export class PooledBuffers implements BufferPool {
  readonly #isOnlyRead: () => boolean
  readonly #lent = new Map<ArrayBufferLike, Buffer>()
  #mayShare = true

  /** @param isOnlyRead asked again for every block: a middleware may replace `write` at any time */
  constructor(isOnlyRead: () => boolean = () => true) {
    this.#isOnlyRead = isOnlyRead
  }

  /** Once it may not, it never may again: somebody may still have what was taken until then. */
  mayShare(): boolean {
    this.#mayShare &&= this.#isOnlyRead()
    return this.#mayShare
  }

  allocate(bytes: number, unit: number): Buffer {
    const share = this.mayShare()
    // A middleware may forget the callback of `write`: what it got before is its own, and counts no more.
    if (!share) this.abandon()
    if (bytes <= MIN_POOLED_BYTES) return Buffer.allocUnsafe(bytes)
    if (bytes <= SMALL_BUFFER) {
      return share ? this.#lend(acquireSmall(), bytes) : Buffer.allocUnsafeSlow(bytes)
    }
    const large = bytes <= LARGE_BUFFER ? acquireLarge(share) : undefined
    if (large !== undefined) return this.#lend(large, bytes)
    const fewer = Math.max(Math.floor(SMALL_BUFFER / unit), 1) * unit
    return fewer < bytes ? this.allocate(fewer, unit) : Buffer.allocUnsafe(bytes)
  }

  release(buffer: Uint8Array): void {
    const whole = this.#lent.get(buffer.buffer)
    if (whole === undefined) return
    this.#lent.delete(buffer.buffer)
    returnToPool(whole, this.mayShare())
  }

  abandon(): void {
    for (const buffer of this.#lent.values()) if (buffer.length === LARGE_BUFFER) largeInUse--
    this.#lent.clear()
  }

  #lend(buffer: Buffer, bytes: number): Buffer {
    this.#lent.set(buffer.buffer, buffer)
    return buffer.subarray(0, bytes)
  }
}

function acquireLarge(share: boolean): Buffer | undefined {
  if (largeInUse >= MAX_LARGE_BUFFERS) return undefined
  largeInUse++
  return (share ? idleLarge.pop() : undefined) ?? Buffer.allocUnsafeSlow(LARGE_BUFFER)
}

function acquireSmall(): Buffer {
  return idleSmall.pop() ?? Buffer.allocUnsafeSlow(SMALL_BUFFER)
}

function returnToPool(buffer: Buffer, share: boolean): void {
  if (buffer.length === LARGE_BUFFER) {
    largeInUse--
    if (share) idleLarge.push(buffer)
  } else if (share && idleSmall.length < MAX_IDLE_SMALL_BUFFERS) idleSmall.push(buffer)
}
