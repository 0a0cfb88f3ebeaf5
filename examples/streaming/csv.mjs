// A million rows as CSV, in constant memory: rows are made as fast as the client takes them.
import { Router } from 'express'
import { streamResponse } from 'express-stream-files'

const router = Router()
export default router

function* rowsOf(count) {
  for (let id = 1; id <= count; id++) {
    yield { id, name: `Customer "${id}"`, city: 'Zürich, CH', balance: (id * 7919) % 100_000 }
  }
}

function* toCsv(rows) {
  yield 'id,name,city,balance\r\n'
  for (const { id, name, city, balance } of rows) {
    yield `${id},${quoted(name)},${quoted(city)},${balance}\r\n`
  }
}

function quoted(text) {
  return `"${text.replaceAll('"', '""')}"`
}

// Small rows are gathered into chunks of 64 KiB: a chunk for each would cost more than the row.
router.get('/', (req, res) =>
  streamResponse(res, toCsv(rowsOf(Number(req.query.rows ?? 1_000_000))), {
    type: 'csv',
    download: 'customers.csv',
    chunkSize: 64 * 1024,
  }),
)
