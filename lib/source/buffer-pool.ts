/** The size of the large buffers of the pool, in bytes. No single read is larger, except one chunk that is. */
export const LARGE_BUFFER = 1024 * 1024

// For the whole process. A read that finds none left takes a small buffer: a thousand clients that
// stall in the middle of a large buffer cannot hold more memory than this.
const MAX_LARGE_BUFFERS = 16

/** The size of the other buffers of the pool, in bytes: what a client that stalls may hold. */
const SMALL_BUFFER = 128 * 1024

// Idle buffers are kept for reuse, because allocating and dropping them is work for the garbage collector.
const MAX_IDLE_SMALL_BUFFERS = 32

// Below this size `Buffer.allocUnsafe` is as fast, and a small buffer of the pool would be mostly unused.
const MIN_POOLED_BYTES = 32 * 1024

/** Allocates the buffers that a body is read into. Their initial content is arbitrary. */
export interface BufferPool {
  /**
   * Whether the consumer only reads a buffer, and only until it releases it. If not, the consumer may
   * keep and change the buffer, so its memory must not be used for anything else.
   */
  mayShare(): boolean
  /**
   * Returns a buffer of `bytes` bytes. If the pool has none that large, returns one of as many times
   * `unit` bytes as fit into a small buffer, and of at least one `unit`.
   */
  allocate(bytes: number, unit: number): Buffer
  /** Returns the memory of a buffer to the pool for reuse. */
  release(buffer: Uint8Array): void
  /** Forgets the buffers that were not released. Something may still refer to them, so they are not reused. */
  abandon(): void
}

/** Allocates memory that the consumer may keep. */
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
 * The buffers of one body, from a pool for the whole process. Where buffers must not be shared they are
 * newly allocated and never enter the pool. The limit on large buffers applies to them all the same.
 */
export class PooledBuffers implements BufferPool {
  readonly #isOnlyRead: () => boolean
  readonly #inUse = new Map<ArrayBufferLike, Buffer>()
  #mayShare = true

  /** @param isOnlyRead called for every buffer, because a middleware may replace `write` at any time */
  constructor(isOnlyRead: () => boolean = () => true) {
    this.#isOnlyRead = isOnlyRead
  }

  /** Once false, always false: a middleware may still hold a buffer that it received before. */
  mayShare(): boolean {
    this.#mayShare &&= this.#isOnlyRead()
    return this.#mayShare
  }

  allocate(bytes: number, unit: number): Buffer {
    const share = this.mayShare()
    // A middleware may never call the callback of `write`, so the buffers it holds must not count as in use.
    if (!share) this.abandon()
    if (bytes <= MIN_POOLED_BYTES) return Buffer.allocUnsafe(bytes)
    if (bytes <= SMALL_BUFFER) {
      return share ? this.#use(acquireSmall(), bytes) : Buffer.allocUnsafeSlow(bytes)
    }
    const large = bytes <= LARGE_BUFFER ? acquireLarge(share) : undefined
    if (large !== undefined) return this.#use(large, bytes)
    const fewer = Math.max(Math.floor(SMALL_BUFFER / unit), 1) * unit
    return fewer < bytes ? this.allocate(fewer, unit) : Buffer.allocUnsafe(bytes)
  }

  release(buffer: Uint8Array): void {
    const pooled = this.#inUse.get(buffer.buffer)
    if (pooled === undefined) return
    this.#inUse.delete(buffer.buffer)
    returnToPool(pooled, this.mayShare())
  }

  abandon(): void {
    for (const buffer of this.#inUse.values()) if (buffer.length === LARGE_BUFFER) largeInUse--
    this.#inUse.clear()
  }

  #use(pooled: Buffer, bytes: number): Buffer {
    this.#inUse.set(pooled.buffer, pooled)
    return pooled.subarray(0, bytes)
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
