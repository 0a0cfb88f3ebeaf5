// Entity tags made of the content, for hosts on which the same file has different mtimes.
import { createHash } from 'node:crypto'
import { readChunks } from 'express-stream-files'

// A file may change twice within one tick of its file system's clock, which is at most two seconds.
const SETTLED_MS = 2000

/** Returns an `etag` function that hashes each version of a file once. */
export function contentHashTag() {
  const known = new Map()
  return ({ path, size, modified }) => {
    const version = `${size} ${modified.getTime()}`
    const before = known.get(path)
    if (before?.version === version) return before.tag
    const tag = hashOf(path)
    if (Date.now() - modified.getTime() > SETTLED_MS) {
      known.set(path, { version, tag })
      tag.catch(() => known.delete(path))
    }
    return tag
  }
}

async function hashOf(path) {
  const hash = createHash('sha256')
  for await (const chunk of readChunks(path)) hash.update(chunk)
  return hash.digest('base64url')
}
