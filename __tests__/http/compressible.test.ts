import { IncomingMessage, ServerResponse } from 'node:http'
import { Socket } from 'node:net'
import compression from 'compression'
import { extensions } from 'mime-types'
import { isCompressible } from '../../lib/http/compressible.js'
import { mediaTypeForPath } from '../../lib/http/media-type.js'

const types = Object.keys(extensions)

/** What `compression()` decides by default about a media type. */
function isCompressed(type: string): boolean {
  const req = new IncomingMessage(new Socket())
  const res = new ServerResponse(req)
  res.setHeader('Content-Type', type)
  return Reflect.apply(compression.filter, undefined, [req, res])
}

test('every media type that compression() compresses is compressible', () => {
  expect(types.length).toBeGreaterThan(500)
  expect(types.filter((type) => isCompressed(type) && !isCompressible(type))).toEqual([])
})

test.each(
  'a.png a.jpg a.webp a.gif a.avif a.mp3 a.mp4 a.webm a.zip a.gz a.7z a.pdf a.woff a.woff2 a.docx a.xlsx a.odt a.epub a.jar a.apk'.split(
    ' ',
  ),
)('%s is not compressible', (name) => {
  expect(isCompressible(mediaTypeForPath(name))).toBe(false)
})

test.each([
  ['text/html; charset=utf-8', true],
  ['TEXT/CSS', true],
  ['application/octet-stream', true],
  ['application/x-tar', true],
  ['application/wasm', true],
  ['image/svg+xml', true],
  ['image/x-icon', true],
  ['IMAGE/PNG', false],
  ['image/png; a=b', false],
  ['application/vnd.example+zip', false],
  ['application/vnd.openxmlformats-officedocument.theme+xml', true],
  ['font/ttf', true],
  ['application/x-never-heard-of', true],
])('%s: %s', (type, expected) => {
  expect(isCompressible(type)).toBe(expected)
})
