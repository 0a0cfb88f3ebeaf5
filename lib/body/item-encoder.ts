/** Encodes the items of one body, in their order. */
export interface ItemEncoder {
  /**
   * The bytes of an item, perhaps none.
   *
   * @throws TypeError if the item cannot be sent
   */
  encode(item: unknown): Uint8Array
  /** The bytes that follow the last item, perhaps none. Called once, and only if no item failed. */
  end(): Uint8Array
}
