import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Express, RequestHandler } from 'express'

/** In every file that no client may see. */
export const SECRET = 'SECRET-5f2b9c'
/** In the files behind the guard of `/admin`. */
export const GUARDED = 'GUARDED-5f2b9c'
/** The whole of `/public.txt`. */
export const PUBLIC_TEXT = 'public: a text\n'

/** A directory of all that a careless server gives away. */
export interface Site {
  /** Everything lies below it; no client may learn where it is. */
  readonly base: string
  /** What is served at `/`. */
  readonly root: string
  /** What is served at `/files`. */
  readonly files: string
  remove(): void
}

const CONTENTS: Readonly<Record<string, string>> = {
  'secret.txt': SECRET,
  'outside/secret.txt': SECRET,
  'outside/index.html': SECRET,
  'www-secret/secret.txt': SECRET,
  'files-secret/secret.txt': SECRET,
  'www/.env': SECRET,
  'www/.git/config': SECRET,
  'www/.well-known/.private': SECRET,
  'www/docs/.hidden/note.txt': SECRET,
  'www/docs/.well-known/note.txt': SECRET,
  'www/admin/secret.txt': GUARDED,
  'www/admin/index.html': GUARDED,
  'www/.well-known/security.txt': 'public: whom to tell\n',
  'www/index.html': 'public: the front page\n',
  'www/public.txt': PUBLIC_TEXT,
  'www/docs/index.html': 'public: the guide\n',
  'www/docs/guide.txt': 'public: more of it\n',
  'www/no-index/file.txt': 'public: a file\n',
  'www/docs.txt/file.txt': 'public: in a directory with an extension\n',
  'www/with space.txt': 'public: a space\n',
  'www/100%.txt': 'public: a percent sign\n',
  'www/#1?.txt': 'public: number one\n',
  'www/café.txt': 'public: coffee\n',
  'www/a+b.txt': 'public: a sum\n',
  'www/%2e%2e': 'public: no dots\n',
  'www/zipped.txt': 'public: a text with siblings\n',
  'files/note.txt': 'public: a note\n',
  'files/directory/index.html': 'public: a directory\n',
}

const LINKS: Readonly<Record<string, string>> = {
  'www/inside.txt': 'public.txt',
  'www/inside': 'docs',
  'www/out.txt': '../secret.txt',
  'www/out': '../outside',
  'www/sibling.txt': '../www-secret/secret.txt',
  'www/sibling': '../www-secret',
  'www/chain.txt': 'chain-2.txt',
  'www/chain-2.txt': 'out/secret.txt',
  'www/page.html': '../secret.txt',
  'www/zipped.txt.gz': '../secret.txt',
  'www/zipped.txt.br': '../secret.txt',
  'www/zipped.txt.zst': '../secret.txt',
  'www/escaping-index/index.html': '../../secret.txt',
  'www/loop': 'loop',
  'www/loop-a': 'loop-b',
  'www/loop-b': 'loop-a',
  'www/dangling.txt': 'nowhere.txt',
  'www/environ': '/proc/self/environ',
  'www/system': '/',
  'www/zero': '/dev/zero',
  'www/null': '/dev/null',
}

// A walk of the directory never ends behind these, or ends with an error.
const NOT_WALKABLE = ['loop', 'loop-a', 'loop-b', 'dangling.txt', 'system'].map(
  (name) => `www/${name}`,
)

/**
 * Makes the site below the system's directory for temporary files; `walkable` leaves out what nobody
 * can walk who follows links. POSIX only: it has FIFOs.
 */
export async function buildSite({ walkable = false } = {}): Promise<Site> {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'stream-files-site-')))
  for (const [name, content] of Object.entries(CONTENTS)) {
    mkdirSync(dirname(join(base, name)), { recursive: true })
    writeFileSync(join(base, name), content)
  }
  for (const [name, target] of Object.entries(LINKS)) {
    if (walkable && NOT_WALKABLE.includes(name)) continue
    mkdirSync(dirname(join(base, name)), { recursive: true })
    symlinkSync(target, join(base, name))
  }
  symlinkSync(join(base, 'secret.txt'), join(base, 'www/absolute.txt'))
  execFileSync('mkfifo', [join(base, 'www/fifo'), join(base, 'www/fifo.html')])
  const socket = createServer().listen(join(base, 'www/socket'))
  await new Promise((resolve) => socket.once('listening', resolve))
  return {
    base,
    root: join(base, 'www'),
    files: join(base, 'files'),
    remove() {
      socket.close()
      rmSync(base, { recursive: true, force: true })
    },
  }
}

/** The app around a static middleware: a guard in front, as applications have it, and a mount. */
export function guardedApp(
  express: typeof import('express'),
  site: Pick<Site, 'root' | 'files'>,
  serve: (root: string) => RequestHandler,
): Express {
  const app = express()
  // Under 'test' Express shows stacks to clients, as in development, but does not log them.
  app.set('env', 'test')
  app.use('/admin', (_req, res) => {
    res.status(403).end('denied')
  })
  app.use('/files', serve(site.files))
  app.use(serve(site.root))
  return app
}
