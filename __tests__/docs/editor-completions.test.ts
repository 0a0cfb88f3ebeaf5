import { join } from 'node:path'
import ts from '@typescript/typescript6'

const calls = [
  `streamFiles('public', {})`,
  `streamResponse(res, 'a.txt', {})`,
  `streamResponse(res, diskSource('public').file('a.txt'), {})`,
  `streamResponse(res, new Blob([]), {})`,
  `streamResponse(res, Buffer.from(''), {})`,
  `streamResponse(res, ['item'], {})`,
  'streamEvents(res, [], {})',
  'streamJsonLines(res, [], {})',
  `readChunks('a.txt', {})`,
  `diskSource('public', {})`,
]
const text = `
import type { ServerResponse } from 'node:http'
import { diskSource, readChunks, streamEvents, streamFiles, streamJsonLines, streamResponse } from '../../lib/index.js'
declare const res: ServerResponse
${calls.join('\n')}
`

const path = join(__dirname, 'edited.ts')
const host: ts.LanguageServiceHost = {
  getCompilationSettings: () => ({
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    strict: true,
    types: ['node'],
  }),
  getCurrentDirectory: () => __dirname,
  getDefaultLibFileName: ts.getDefaultLibFilePath,
  getScriptFileNames: () => [path],
  getScriptSnapshot: (name) => {
    const content = host.readFile(name)
    return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content)
  },
  getScriptVersion: () => '1',
  fileExists: (name) => name === path || ts.sys.fileExists(name),
  readFile: (name) => (name === path ? text : ts.sys.readFile(name)),
}
const editor = ts.createLanguageService(host)

test.each(calls)('%s: every option that an editor proposes has documentation', (call) => {
  const position = text.indexOf(`\n${call}`) + call.length - 1
  const proposals = editor.getCompletionsAtPosition(path, position, undefined)?.entries ?? []
  const details = proposals.map(({ name }) =>
    editor.getCompletionEntryDetails(
      path,
      position,
      name,
      undefined,
      undefined,
      undefined,
      undefined,
    ),
  )
  expect(details).not.toEqual([])
  for (const option of details) {
    expect(option?.documentation).not.toEqual([])
    const tags = option?.tags?.map(({ name }) => name)
    expect(tags).toEqual(expect.arrayContaining(['defaultValue', 'example']))
  }
})
