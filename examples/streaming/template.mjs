// A file that is filled in on its way. What is made of it is another body for every name, so it has
// no ETag unless the application makes one that knows the name.
import { fileURLToPath } from 'node:url'
import { Router } from 'express'
import { streamResponse } from 'express-stream-files'

const router = Router()
export default router

const page = fileURLToPath(new URL('data/page.html', import.meta.url))

router.get('/:name', (req, res) => {
  const values = { title: 'Welcome', name: escaped(req.params.name) }
  return streamResponse(res, page, {
    transform: (chunks) => fillIn(chunks, values),
    etag: ({ modified }) => `${modified?.getTime()}-${encodeURIComponent(req.params.name)}`,
  })
})

/** Fills in line by line, so that no placeholder is cut in two. */
async function* fillIn(chunks, values) {
  let rest = ''
  const decoder = new TextDecoder()
  for await (const chunk of chunks) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n')
    rest = lines.pop() ?? ''
    for (const line of lines) yield `${filled(line, values)}\n`
  }
  yield filled(rest, values)
}

function filled(line, values) {
  return line.replace(/\{\{(\w+)\}\}/g, (_all, name) => values[name] ?? '')
}

function escaped(text) {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}
