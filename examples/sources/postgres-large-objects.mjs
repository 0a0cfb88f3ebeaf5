// Large objects of PostgreSQL as files, which a table names:
//
//   CREATE TABLE files (
//     name text PRIMARY KEY, content oid NOT NULL, size bigint NOT NULL,
//     version uuid NOT NULL DEFAULT gen_random_uuid(), modified timestamptz NOT NULL DEFAULT now())
//
// A file is replaced by pointing its row to a new large object, with a new version.

const PIECE_BYTES = 256 * 1024

const SELECT_FILE = 'SELECT content, size, version, modified FROM files WHERE name = $1'

/**
 * @param {import('pg').Pool} pool
 * @returns {import('express-stream-files').Source}
 */
export function largeObjectSource(pool) {
  return {
    async open(name) {
      const { rows } = await pool.query(SELECT_FILE, [name])
      const [file] = rows
      if (file === undefined) return undefined
      const { content, size, version, modified } = file
      return {
        size: Number(size),
        modified,
        etag: `"${version}"`,
        chunks: (range) => readPieces(pool, content, range),
      }
    },
  }
}

/** Each piece is a query of its own, so that no slow client holds a connection of the pool. */
async function* readPieces(pool, content, { start, end, signal }) {
  for (let position = start; position <= end && !signal.aborted; position += PIECE_BYTES) {
    const length = Math.min(PIECE_BYTES, end - position + 1)
    const query = 'SELECT lo_get($1, $2, $3) AS piece'
    const { rows } = await pool.query(query, [content, position, length])
    yield rows[0].piece
  }
}
