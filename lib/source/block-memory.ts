/** The largest block that is read at once, in bytes. */
export const LARGE_BLOCK = 1024 * 1024

// For the whole process. Who finds the pool empty reads small blocks: a thousand clients that stall
// in the middle of a large block cannot hold more than this.
const LARGE_BLOCKS_AT_MOST = 16

/** Up to here, in bytes, the allocator does as well as a pool. */
export const SMALL_BLOCK = 128 * 1024

/** Where the memory of blocks comes from and goes to. What is in it is old data. */
export interface BlockMemory {
  /** Memory for `bytes` bytes or, where that cannot be had, for `least`. */
  take(bytes: number, least: number): Buffer
  /** Takes the memory of a block back for the next to use. */
  giveBack(block: Uint8Array): void
  /** Gives up what was not given back: somebody may hold it for ever, so it is not used again. */
  writeOff(): void
}

/** Memory that whoever got the block may keep. */
export const freshMemory: BlockMemory = {
  take: (bytes) => Buffer.allocUnsafe(bytes),
  giveBack: () => {},
  writeOff: () => {},
}

const idle: Buffer[] = []
let lent = 0

/** Large blocks on loan from one pool for the whole process, for the length of one body. */
export class BlockLoan implements BlockMemory {
  readonly #lent = new Map<ArrayBufferLike, Buffer>()

  take(bytes: number, least: number): Buffer {
    if (bytes <= SMALL_BLOCK) return Buffer.allocUnsafe(bytes)
    const block = bytes <= LARGE_BLOCK ? borrow() : undefined
    if (block === undefined) return Buffer.allocUnsafe(least)
    this.#lent.set(block.buffer, block)
    return block.subarray(0, bytes)
  }

  giveBack(block: Uint8Array): void {
    const whole = this.#lent.get(block.buffer)
    if (whole === undefined) return
    this.#lent.delete(block.buffer)
    lent--
    idle.push(whole)
  }

  writeOff(): void {
    lent -= this.#lent.size
    this.#lent.clear()
  }
}

function borrow(): Buffer | undefined {
  if (lent >= LARGE_BLOCKS_AT_MOST) return undefined
  lent++
  return idle.pop() ?? Buffer.allocUnsafeSlow(LARGE_BLOCK)
}
