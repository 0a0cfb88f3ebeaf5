// Files whose every word says which file and which version of it they are, so that no mixture of two
// can be taken for one of them.
export const WORD = 8

/** @param name of three characters */
export function contentOf(name, version, bytes) {
  return Buffer.alloc(bytes, name + version.toString(36).padStart(WORD - name.length, '0'))
}

/** Whether bytes, from a place that is a multiple of a word on, are of one version of a file. */
export function isOfOneVersion(bytes, name) {
  if (bytes.length === 0) return true
  const word = bytes.subarray(0, Math.min(WORD, bytes.length))
  if (word.toString('latin1', 0, name.length) !== name.slice(0, word.length)) return false
  // Equal to itself shifted by a word: all words are equal.
  return bytes.length <= WORD || bytes.subarray(WORD).equals(bytes.subarray(0, -WORD))
}

/** Where which version begins, as in `0: ch000001, 65536: ch000002`. */
export function versionsIn(bytes) {
  const found = []
  let last
  for (let at = 0; at < bytes.length; at += WORD) {
    const word = bytes.toString('latin1', at, at + WORD)
    if (word !== last) found.push(`${at}: ${word}`)
    last = word
  }
  return found.slice(0, 5).join(', ')
}

export const KIB = 1024
export const MIB = 1024 * KIB

/** The files that stay as they are, by name, in bytes. */
export const CONSTANT = { sml: 2 * KIB, mid: 200 * KIB, big: 12 * MIB }

/** The names of the files that change all the time. */
export const CHANGING = ['ch0', 'ch1', 'ch2', 'ch3']

/** More than the buffers of both ends of a connection hold. */
export const CHANGING_BYTES = 8 * MIB
