import { hasContentLength, isDownload } from '../../lib/http/content-length.js'
import { mediaTypeForPath } from '../../lib/http/media-type.js'
import type { Representation } from '../../lib/http/representation.js'

const CHUNK = 65_536

function representation(of: Partial<Representation>): Representation {
  return {
    size: 10 * CHUNK,
    offset: 0,
    readTo: Number.POSITIVE_INFINITY,
    type: 'text/plain',
    etag: undefined,
    lastModified: undefined,
    etagIsUnreliable: false,
    dateIsUnreliable: false,
    ...of,
  }
}

const DOWNLOADS = [
  'a.mp3 a.ogg a.wav a.flac a.m4a a.mp4 a.webm a.mkv a.mov a.pdf a.bin a.exe a.msi a.dmg a.iso a.img',
  'a.zip a.gz a.tgz a.tar a.7z a.rar a.bz2 a.xz a.zst a.jar a.apk a.epub a.deb a.rpm a.cab a',
].flatMap((names) => names.split(' '))

const OTHERS =
  'a.html a.css a.js a.json a.txt a.csv a.xml a.svg a.png a.jpg a.webp a.woff2 a.wasm a.md'.split(
    ' ',
  )

describe('a download', () => {
  test.each(DOWNLOADS)('is %s', (name) => {
    expect(isDownload({ type: mediaTypeForPath(name) })).toBe(true)
  })

  test.each(OTHERS)('is not %s', (name) => {
    expect(isDownload({ type: mediaTypeForPath(name) })).toBe(false)
  })

  test.each([
    ['VIDEO/MP4', true],
    ['application/pdf; version=2', true],
    [' application/zip ;a=b', true],
    ['application/vnd.example+zip', true],
    ['application/zipper', false],
    ['x-audio/mpeg', false],
    ['video/lottie+json', false],
    ['', false],
  ])('of the type "%s": %s', (type, expected) => {
    expect(isDownload({ type })).toBe(expected)
  })

  test.each([
    ['attachment', true],
    ['attachment; filename="a.txt"', true],
    ['ATTACHMENT;filename=a', true],
    ['inline', false],
    ['inline; filename="attachment"', false],
    ['attachments', false],
  ])('with Content-Disposition: %s: %s', (disposition, expected) => {
    expect(isDownload({ type: 'text/plain', disposition })).toBe(expected)
  })
})

describe('a whole body', () => {
  test.each([true, false])('with contentLength: %s follows the option', (policy) => {
    for (const type of ['video/mp4', 'text/plain']) {
      expect(hasContentLength(policy, representation({ type }), CHUNK)).toBe(policy)
      expect(hasContentLength(policy, representation({ type, size: 1 }), CHUNK)).toBe(policy)
    }
  })

  test.each<[string, Partial<Representation>, boolean]>([
    ['a video', { type: 'video/mp4' }, true],
    ['an attachment', { disposition: 'attachment; filename=a.csv' }, true],
    ['a text of many chunks', {}, false],
    ['a text of one chunk', { size: CHUNK }, true],
    ['a text of one byte more', { size: CHUNK + 1 }, false],
    ['an empty text', { size: 0 }, true],
    ['a text of unknown length', { size: undefined }, false],
  ])("with contentLength: 'auto', %s", (_what, of, expected) => {
    expect(hasContentLength('auto', representation(of), CHUNK)).toBe(expected)
  })
})
