/**
 * Whether a name below the root matches one of the patterns. `search` ignores the `lastIndex` that a global
 * or sticky pattern has kept from its last use.
 */
export function isExcluded(name: string, patterns: readonly RegExp[]): boolean {
  return patterns.some((pattern) => name.search(pattern) !== -1)
}
