import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import { builtPackage } from './support/built-package.js'
import { directoryOf, removeDirectories } from './support/files.js'
import { testOnLinux } from './support/on-linux.js'

const directory = directoryOf({ 'file.txt': 'file content' })

afterAll(removeDirectories)

function run(script: string, ...loader: string[]): unknown {
  const node = [join(__dirname, 'support', script), ...loader, builtPackage(), directory]
  return JSON.parse(execFileSync(process.execPath, node, { encoding: 'utf8' }))
}

test('the package as it is built serves, sends and reads', () => {
  expect(run('use-package.cjs')).toEqual({
    responses: {
      '/file.txt': '200 file content',
      '/missing.txt': '404 ',
      '/FILE': '200 FILE CONTENT',
      '/response': '200 file content',
      '/generated': '200 one, two',
    },
    chunks: ['file', ' con', 'tent'],
    others: [
      'beforeExpress',
      'diskSource',
      'firstOf',
      'memorySource',
      'streamEvents',
      'streamJsonArray',
      'streamJsonLines',
    ],
  })
})

// What loads a module at its first call fails there, with a path of the machine in the message.
for (const loader of ['require', 'import']) {
  testOnLinux(`after ${loader}, the first calls without free descriptors are 503`, async () => {
    expect(run('use-package-without-descriptors.cjs', loader)).toEqual({
      streamFiles: { status: 503, body: '' },
      'streamFiles with a transform': { status: 503, body: '' },
      'streamResponse of a path': { status: 503, code: 'EMFILE', message: 'Service Unavailable' },
      'streamResponse of a path, whose error the package sends': { status: 503, body: '' },
      'streamResponse of a blob': { status: 200, body: 'one, two' },
      'streamResponse of an iterable': { status: 200, body: 'one, two' },
      'streamResponse of a failing iterable': { status: 500, message: 'broken' },
      readChunks: { status: 503, code: 'EMFILE', message: 'Service Unavailable' },
      loaded: [],
    })
  })
}
