/** The largest block that is read at once, in bytes. */
export const LARGE_BLOCK = 1024 * 1024

// For the whole process. Who finds the pool empty reads small blocks: a thousand clients that stall
// in the middle of a large block cannot hold more than this.
const LARGE_BLOCKS_AT_MOST = 16

/** The size of the other blocks of the pool, in bytes: what a client that stalls may hold. */
const SMALL_BLOCK = 128 * 1024

// Idle ones are kept for the next; a block that is made and thrown away is work for the collector.
const SMALL_BLOCKS_IDLE_AT_MOST = 32

// Up to here the allocator does as well, and a whole block would be a waste.
const TINY_BLOCK = 32 * 1024

/** Where the memory of blocks comes from and goes to. What is in it is old data. */
export interface BlockMemory {
  /**
   * Whether blocks are only read, and only until they are given back. Otherwise whoever gets a block
   * may keep and change it, so its memory must belong to nobody else.
   */
  mayShare(): boolean
  /** Memory for `bytes` bytes or, where that cannot be had, for `least`. */
  take(bytes: number, least: number): Buffer
  /** Takes the memory of a block back for the next to use. */
  giveBack(block: Uint8Array): void
  /** Gives up what was not given back: somebody may hold it for ever, so it is not used again. */
  writeOff(): void
}

/** Memory that whoever got the block may keep. */
export const freshMemory: BlockMemory = {
  mayShare: () => false,
  take: (bytes) => Buffer.allocUnsafe(bytes),
  giveBack: () => {},
  writeOff: () => {},
}

const idleLarge: Buffer[] = []
const idleSmall: Buffer[] = []
let largeLent = 0

/**
 * Blocks on loan from one pool for the whole process, for the length of one body. Where they may not be
 * shared they are new, and never come into the pool; only how many are large is still bounded.
 */
export class BlockLoan implements BlockMemory {
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

  take(bytes: number, least: number): Buffer {
    const share = this.mayShare()
    // A middleware may forget the callback of `write`: what it got before is its own, and counts no more.
    if (!share) this.writeOff()
    if (bytes <= TINY_BLOCK) return Buffer.allocUnsafe(bytes)
    if (bytes <= SMALL_BLOCK) {
      return share ? this.#lend(borrowSmall(), bytes) : Buffer.allocUnsafeSlow(bytes)
    }
    const large = bytes <= LARGE_BLOCK ? borrowLarge(share) : undefined
    if (large !== undefined) return this.#lend(large, bytes)
    return least < bytes ? this.take(least, least) : Buffer.allocUnsafe(bytes)
  }

  giveBack(block: Uint8Array): void {
    const whole = this.#lent.get(block.buffer)
    if (whole === undefined) return
    this.#lent.delete(block.buffer)
    takeBack(whole, this.mayShare())
  }

  writeOff(): void {
    for (const block of this.#lent.values()) if (block.length === LARGE_BLOCK) largeLent--
    this.#lent.clear()
  }

  #lend(block: Buffer, bytes: number): Buffer {
    this.#lent.set(block.buffer, block)
    return block.subarray(0, bytes)
  }
}

function borrowLarge(share: boolean): Buffer | undefined {
  if (largeLent >= LARGE_BLOCKS_AT_MOST) return undefined
  largeLent++
  return (share ? idleLarge.pop() : undefined) ?? Buffer.allocUnsafeSlow(LARGE_BLOCK)
}

function borrowSmall(): Buffer {
  return idleSmall.pop() ?? Buffer.allocUnsafeSlow(SMALL_BLOCK)
}

function takeBack(block: Buffer, share: boolean): void {
  if (block.length === LARGE_BLOCK) {
    largeLent--
    if (share) idleLarge.push(block)
  } else if (share && idleSmall.length < SMALL_BLOCKS_IDLE_AT_MOST) idleSmall.push(block)
}
