import { existsSync } from 'node:fs'
import { join, posix } from 'node:path'
import { documents, readDocument } from '../support/documents.js'

const root = join(__dirname, '../..')

/** What GitHub makes of headings: a heading that was there before gets a number. */
function anchorsOf(document: string): ReadonlySet<string> {
  const anchors = new Set<string>()
  for (const [, heading = ''] of withoutCode(document).matchAll(/^#+ (.*)$/gm)) {
    const slug = slugOf(heading)
    let anchor = slug
    for (let i = 1; anchors.has(anchor); i++) anchor = `${slug}-${i}`
    anchors.add(anchor)
  }
  return anchors
}

function slugOf(heading: string): string {
  const text = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
  return text.replace(/[^\p{L}\p{N}_\- ]/gu, '').replaceAll(' ', '-')
}

function withoutCode(document: string): string {
  return readDocument(document).replace(/^```.*?^```$/gms, '')
}

const links = documents.flatMap((document) =>
  [...withoutCode(document).matchAll(/\]\(([^)\s]+)\)/g)].map(
    ([, target = '']) => [document, target] as const,
  ),
)

test.each(links.filter(([, target]) => !/^[a-z]+:/.test(target)))(
  '%s: the link to %s leads somewhere',
  (document, target) => {
    const [file = '', anchor] = target.split('#')
    const page = file === '' ? document : posix.join(posix.dirname(document), file)
    expect(existsSync(join(root, page))).toBe(true)
    if (anchor !== undefined) expect(anchorsOf(page)).toContain(anchor)
  },
)
