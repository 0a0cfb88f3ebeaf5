/** The size of the largest buffers of the pool, in bytes. */
export const LARGE_BUFFER = 1024 * 1024

// For the whole process. A body that gets no large buffer reads into small ones, so a thousand clients
// that stall in the middle of a large buffer cannot hold more than this.
const MAX_LARGE_BUFFERS = 16

/** The size of the other buffers of the pool, in bytes: what a client that stalls may hold. */
const SMALL_BUFFER = 128 * 1024

// Idle buffers are kept for the next body: a buffer that is thrown away is work for the garbage collector.
const MAX_IDLE_SMALL_BUFFERS = 32

// Below this size Node's own allocator is as fast, and a whole buffer of the pool would be wasted.
const MIN_POOLED_BYTES = 32 * 1024

/** Allocates buffers, which hold old data, and takes them back. */
export interface BufferPool {
  /**
   * Whether buffers are only read, and only until they are released. If not, the receiver may keep and
   * change them, so nothing else may use their memory.
   */
  mayShare(): boolean
  /**
   * Returns a buffer of `bytes` bytes or, if the pool has none that large, of fewer: as many times `unit`
   * as fit into a small buffer, and at least once.
   */
  allocate(bytes: number, unit: number): Buffer
  /** Takes a buffer back, for the next body to use. */
  release(buffer: Uint8Array): void
  /** Forgets the buffers that were not released. They may still be in use, so they are not used again. */
  abandon(): void
}

/** Allocates buffers that the receiver may keep. */
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
 * The buffers that one body uses of the pool of the process. If they must not be shared they are new and
 * never enter the pool; the number of large buffers is bounded all the same.
 */
export class PooledBuffers implements BufferPool {
  readonly #isOnlyRead: () => boolean
  readonly #inUse = new Map<ArrayBufferLike, Buffer>()
  #mayShare = true

  /** @param isOnlyRead called for every buffer: a middleware may replace `write` at any time */
  constructor(isOnlyRead: () => boolean = () => true) {
    this.#isOnlyRead = isOnlyRead
  }

  /** Never true again once it was false: a middleware may still hold what it received. */
  mayShare(): boolean {
    this.#mayShare &&= this.#isOnlyRead()
    return this.#mayShare
  }

  allocate(bytes: number, unit: number): Buffer {
    const share = this.mayShare()
    // A middleware may drop the callback of `write`: what it received before is its own and not counted.
    if (!share) this.abandon()
    if (bytes <= MIN_POOLED_BYTES) return Buffer.allocUnsafe(bytes)
    if (bytes <= SMALL_BUFFER) {
      return share ? this.#register(acquireSmall(), bytes) : Buffer.allocUnsafeSlow(bytes)
    }
    const large = bytes <= LARGE_BUFFER ? acquireLarge(share) : undefined
    if (large !== undefined) return this.#register(large, bytes)
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

  #register(buffer: Buffer, bytes: number): Buffer {
    this.#inUse.set(buffer.buffer, buffer)
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
