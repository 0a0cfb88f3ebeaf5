// The files that clients ask for.
import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { MIB } from './support.mjs'

export const BIG = 'big.bin'
export const BIG_BYTES = 24 * MIB
export const PDF = 'guide.pdf'
export const PDF_PAGES = 64

export function writeFiles(directory) {
  writeFileSync(join(directory, BIG), noise('big', BIG_BYTES))
  writeFileSync(join(directory, PDF), pdfOf(PDF_PAGES, 256 * 1024))
}

/** Bytes that are the same in every run and nowhere repeat. */
function noise(seed, bytes) {
  const block = (index) => createHash('sha512').update(`${seed} ${index}`).digest()
  return Buffer.concat(Array.from({ length: bytes / 64 }, (_, index) => block(index)))
}

/** A PDF of so many pages, each with its number in text and an image's worth of bytes beside it. */
function pdfOf(pages, bytesOfPage) {
  const parts = []
  const offsets = []
  let length = 0
  const add = (part) => {
    parts.push(Buffer.from(part))
    length += part.length
  }
  const object = (number, ...content) => {
    offsets[number] = length
    add(`${number} 0 obj\n`)
    for (const part of content) add(part)
    add('\nendobj\n')
  }
  const stream = (fields, bytes) => [
    `<< ${fields} /Length ${bytes.length} >>\nstream\n`,
    bytes,
    '\nendstream',
  ]
  const pageNumber = (page) => 4 + page * 3
  const kids = Array.from({ length: pages }, (_, page) => `${pageNumber(page)} 0 R`).join(' ')

  add('%PDF-1.7\n')
  object(1, '<< /Type /Catalog /Pages 2 0 R >>')
  object(2, `<< /Type /Pages /Kids [${kids}] /Count ${pages} >>`)
  object(3, '<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>')
  for (let page = 0; page < pages; page++) {
    const own = pageNumber(page)
    object(
      own,
      `<< /Type /Page /Parent 2 0 R /MediaBox [0 0 512 512] /Contents ${own + 1} 0 R ` +
        `/Resources << /Font << /F 3 0 R >> /XObject << /I ${own + 2} 0 R >> >> >>`,
    )
    const text = `BT /F 24 Tf 20 20 Td (Page ${page + 1}) Tj ET q 512 0 0 512 0 0 cm /I Do Q`
    object(own + 1, ...stream('', Buffer.from(text)))
    const image =
      '/Type /XObject /Subtype /Image /Width 512 /Height 512 /BitsPerComponent 8 /ColorSpace /DeviceGray'
    object(own + 2, ...stream(image, noise(`page ${page}`, bytesOfPage)))
  }
  const tableAt = length
  const entry = (offset) => `${String(offset).padStart(10, '0')} 00000 n \n`
  add(`xref\n0 ${offsets.length}\n0000000000 65535 f \n${offsets.slice(1).map(entry).join('')}`)
  add(`trailer\n<< /Size ${offsets.length} /Root 1 0 R >>\nstartxref\n${tableAt}\n%%EOF\n`)
  return Buffer.concat(parts)
}
