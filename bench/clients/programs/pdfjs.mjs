import { getDocument, VerbosityLevel } from 'pdfjs-dist/legacy/build/pdf.mjs'
import { PDF, PDF_PAGES } from '../files.mjs'
import { installedVersion } from '../installed.mjs'
import { MIB, mib } from '../support.mjs'

export const name = 'pdf.js'
export const version = () => installedVersion('pdfjs-dist')

const RATE = 8 * MIB

export async function measure({ origin }) {
  const task = getDocument({
    url: origin.url(`/${PDF}?rate=${RATE}`),
    verbosity: VerbosityLevel.ERRORS,
  })
  const document = await task.promise
  const page = await document.getPage(PDF_PAGES)
  const { items } = await page.getTextContent()
  const sent = origin.bytesSent
  const ranges = origin.requests.filter(({ range }) => range !== undefined).length
  await task.destroy()
  const text = items.map(({ str }) => str).join('')
  if (text !== `Page ${PDF_PAGES}`) return [['the last page of 64', `reads "${text}"`]]
  return [
    [
      'the last page of a PDF of 16 MiB, over a slow line',
      ranges === 0
        ? `no ranges: there after ${mib(sent)} were sent`
        : `${ranges} ranges: there after ${mib(sent)} were sent`,
    ],
  ]
}
