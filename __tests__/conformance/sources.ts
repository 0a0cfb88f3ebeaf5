import { diskSource, memorySource, type NamedFiles } from '../../lib/index.js'
import { s3Source } from '../../lib/s3.js'
import { directoryOf, patternOf, removeDirectories } from '../support/files.js'
import { newBucket, storeEndpoint } from '../support/s3.js'

/** A column of the conformance tables: a source of the same files. */
export interface Column {
  readonly name: string
  /** Whether the source knows when a file was modified. */
  readonly hasDates: boolean
  /** Whether a directory without an index file exists, so that it is redirected to its slash. */
  readonly hasDirectories: boolean
  /** Makes a source of the files, which were last modified more than two seconds ago. */
  open(files: Readonly<Record<string, Buffer>>): Promise<OpenedColumn> | OpenedColumn
}

export interface OpenedColumn {
  readonly source: NamedFiles
  close(): Promise<void> | void
}

// So long after a change, the date of an object cannot be that of another version.
const SETTLED_MS = 2500

const s3Column: Column = {
  name: 'S3',
  hasDates: true,
  hasDirectories: false,
  async open(files) {
    const store = newBucket()
    const { client, bucket, prefix } = store
    await store.create()
    for (const [name, content] of Object.entries(files)) await store.put(name, content)
    await new Promise((resolve) => setTimeout(resolve, SETTLED_MS))
    return { source: s3Source({ client, bucket, prefix }), close: () => store.remove() }
  },
}

/** The sources that must all behave alike. A further one is added here, and nowhere else. */
export const COLUMNS: readonly Column[] = [
  // `npm run test:s3` has an object store.
  ...(storeEndpoint === undefined ? [] : [s3Column]),
  {
    name: 'the disk',
    hasDates: true,
    hasDirectories: true,
    open: (files) => ({ source: diskSource(directoryOf(files)), close: removeDirectories }),
  },
  {
    name: 'memory',
    hasDates: false,
    hasDirectories: false,
    open: (files) => ({ source: memorySource(new Map(Object.entries(files))), close() {} }),
  },
]

/** 1 MiB and a bit: more than one buffer of every reader. */
export const LARGE = patternOf(1024 * 1024 + 123)

/** The files that every source has. */
export const FILES: Readonly<Record<string, Buffer>> = {
  'poem.txt': Buffer.from('twenty letters of it'),
  'large.bin': LARGE,
  'empty.txt': Buffer.alloc(0),
  'page.html': Buffer.from('<p>page</p>'),
  'docs/index.html': Buffer.from('<p>docs</p>'),
  'bare/data.json': Buffer.from('{"a":1}'),
  'été 1.txt': Buffer.from('summer'),
  '100%.txt': Buffer.from('whole'),
  '.env': Buffer.from('SECRET'),
  'sub/.git/config': Buffer.from('SECRET'),
  '.well-known/acme': Buffer.from('token'),
}

/** The source of one column, made before the tests and closed after them. */
export function sourceOfColumn(column: Column): () => NamedFiles {
  let opened: OpenedColumn | undefined
  beforeAll(async () => {
    opened = await column.open(FILES)
  })
  afterAll(() => opened?.close())
  return () => {
    if (opened === undefined) throw new Error('The source is made before the tests')
    return opened.source
  }
}
