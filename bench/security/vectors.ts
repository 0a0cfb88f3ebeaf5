/** A request that a careless server answers wrongly. */
export interface Vector {
  readonly group: string
  readonly method: string
  /** The request-target as it goes over the wire, one character for each byte. */
  readonly target: string
  readonly headers: readonly string[]
  /** The statuses that `streamFiles` with `fallthrough: false` may answer behind the guard. */
  readonly statuses: readonly number[]
}

interface Details {
  readonly method?: string
  readonly headers?: readonly string[]
}

function targets(
  group: string,
  status: number,
  list: readonly string[],
  { method = 'GET', headers = [] }: Details = {},
): Vector[] {
  return list.map((target) => ({ group, method, target, headers, statuses: [status] }))
}

function withHeaders(target: string, ...list: (readonly [string, ...number[]])[]): Vector[] {
  return list.map(([lines, ...statuses]) => {
    return { group: 'headers', method: 'GET', target, headers: lines.split('\n'), statuses }
  })
}

const traversal = [
  ...targets('traversal', 403, [
    '/..',
    '/../',
    '/../secret.txt',
    '/../../secret.txt',
    '/docs/../../secret.txt',
    '/docs/../public.txt',
    '/./../secret.txt',
    '//../secret.txt',
    '/..//secret.txt',
    '/%2e%2e/secret.txt',
    '/%2E%2E/secret.txt',
    '/.%2e/secret.txt',
    '/%2e./secret.txt',
    '/..%2fsecret.txt',
    '/..%2Fsecret.txt',
    '/%2e%2e%2fsecret.txt',
    '/docs%2f..%2f..%2fsecret.txt',
    '/..\\secret.txt',
    '/..%5csecret.txt',
    '/..%5Csecret.txt',
    '/%2e%2e%5csecret.txt',
    '/docs\\..\\..\\secret.txt',
    '/..%2f..%2f..%2f..%2f..%2f..%2fetc%2fpasswd',
    '/../../../../../../../../etc/passwd',
    '/public.txt/../../secret.txt',
    '/missing/../../secret.txt',
    '/files/../../secret.txt',
    '/files/%2e%2e/secret.txt',
    '/files/..%2fsecret.txt',
    '/../www/public.txt',
  ]),
  ...targets('traversal', 404, [
    '/%252e%252e/secret.txt',
    '/%252e%252e%252fsecret.txt',
    '/..%252fsecret.txt',
    '/..%255csecret.txt',
    '/%25252e%25252e/secret.txt',
    '/%25%32%65%25%32%65/secret.txt',
    '/.../secret.txt',
    '/..;/secret.txt',
    '/..%3B/secret.txt',
    '/....//secret.txt',
    '/.',
    '/./public.txt',
    '/etc/passwd',
    '/file:///etc/passwd',
  ]),
  ...targets('traversal', 400, [
    '/%u002e%u002e/secret.txt',
    '/..%u2215secret.txt',
    '/..%00/secret.txt',
    '/%%32%65%%32%65/secret.txt',
  ]),
]

const broken = [
  ...targets('broken UTF-8 and percent-encoding', 400, [
    '/%',
    '/%2',
    '/%zz',
    '/public.txt%',
    '/%FF',
    '/%C3',
    '/%C3%28',
    '/%80public.txt',
    '/%C0%AE%C0%AE/secret.txt',
    '/%c0%ae%c0%ae%c0%afsecret.txt',
    '/%E0%80%AE%E0%80%AE/secret.txt',
    '/%F0%80%80%AE%F0%80%80%AE/secret.txt',
    '/..%C0%AFsecret.txt',
    '/..%C1%9Csecret.txt',
    '/%ED%A0%80',
    '/%F4%90%80%80',
    '/\xc3\xa9',
    '/caf\xc3\xa9.txt',
    '/\xc0\xae\xc0\xae/secret.txt',
    '/\xff\xfe',
  ]),
  // The canonical spelling is where access-control middleware sees it.
  ...targets('broken UTF-8 and percent-encoding', 301, ['/caf%c3%a9.txt']),
  ...targets('broken UTF-8 and percent-encoding', 404, [
    '/%E2%80%A4%E2%80%A4/secret.txt',
    '/%EF%BC%8E%EF%BC%8E%EF%BC%8Fsecret.txt',
    '/public%E2%80%AEtxt',
  ]),
]

const controls = targets('control bytes', 400, [
  '/%00',
  '/public.txt%00',
  '/public.txt%00.html',
  '/%00/../secret.txt',
  '/%0A',
  '/%0D%0AX-Injected:%20yes',
  '/docs%0d%0aLocation:%20//evil.test',
  '/%01',
  '/%1B[31m',
  '/%7F',
  '/public.txt\x00',
  '/\x01',
  '/\x1b',
  '/public\x7f.txt',
  '/public\ttxt',
])

const guards = [
  ...targets('access control bypass', 403, [
    '/admin',
    '/admin/',
    '/admin/secret.txt',
    '/ADMIN/secret.txt',
    '/admin//secret.txt',
    '/admin/./secret.txt',
    '/admin?/../secret.txt',
    '/x/../admin/secret.txt',
    '/docs/..%2fadmin/secret.txt',
    '/%2e%2e/www/admin/secret.txt',
    '/#/../admin/secret.txt',
    'http://localhost/admin/secret.txt',
  ]),
  ...targets('access control bypass', 404, [
    '//admin/secret.txt',
    '///admin/secret.txt',
    '/./admin/secret.txt',
    '/.//admin/secret.txt',
    '/%2e/admin/secret.txt',
    '/%2f/admin/secret.txt',
    '/%2Fadmin/secret.txt',
    '/admin%2fsecret.txt',
    '/admin%2Fsecret.txt',
    '/admin%5csecret.txt',
    '/admin%5Csecret.txt',
    '/admin\\secret.txt',
    '/\\admin\\secret.txt',
    '/\\admin/secret.txt',
    '/%61dmin/secret.txt',
    '/a%64min/secret.txt',
    '/%61%64%6d%69%6e/secret.txt',
    '/%61dmin/',
    '/%61dmin',
    '//admin/',
    '//admin',
    '/admin%2f',
    '/admin;x/secret.txt',
    '/admin%20/secret.txt',
    '/admin./secret.txt',
    '/%EF%BD%81dmin/secret.txt',
    '/admin%EF%BC%8Fsecret.txt',
    'http://localhost//admin/secret.txt',
    'http://localhost/%61dmin/secret.txt',
  ]),
  ...targets('access control bypass', 400, [
    '/admin%00/secret.txt',
    '/admin%c0%afsecret.txt',
    '/%C1%A1dmin/secret.txt',
    'http://h;x/admin/secret.txt',
    "http://h'x/admin/secret.txt",
    'http://h%41x/admin/secret.txt',
    'http://h:port/admin/secret.txt',
    'javascript://h/admin/secret.txt',
  ]),
]

const siblings = [
  ...targets('sibling of the root', 403, [
    '/../www-secret/secret.txt',
    '/..%2fwww-secret/secret.txt',
    '/%2e%2e/www-secret/secret.txt',
    '/files/../files-secret/secret.txt',
    '/files/..%2ffiles-secret%2fsecret.txt',
  ]),
  ...targets('sibling of the root', 404, [
    '/-secret/secret.txt',
    '/files-secret/secret.txt',
    '/files/-secret/secret.txt',
    '/sibling.txt',
    '/sibling/secret.txt',
    '/sibling/',
  ]),
]

const links = [
  ...targets('symlink out of the root', 404, [
    '/out.txt',
    '/absolute.txt',
    '/out',
    '/out/',
    '/out/secret.txt',
    '/out/index.html',
    '/out/nothing.txt',
    '/chain.txt',
    '/page',
    '/page.html',
    '/escaping-index/',
    '/escaping-index/index.html',
    '/zipped.txt.gz',
    '/loop',
    '/loop/',
    '/loop/x',
    '/loop-a',
    '/dangling.txt',
    '/environ',
    '/system',
    '/system/',
    '/system/etc/passwd',
  ]),
  ...targets('symlink out of the root', 200, ['/zipped.txt'], {
    headers: ['Accept-Encoding: gzip, br, zstd'],
  }),
  ...targets('symlink out of the root', 404, ['/out.txt'], { headers: ['Range: bytes=0-5'] }),
  ...targets('symlink out of the root', 404, ['/out.txt'], { method: 'HEAD' }),
]

const special = [
  ...targets('special file', 404, [
    '/fifo',
    '/fifo/',
    '/fifo/index.html',
    '/socket',
    '/socket/',
    '/zero',
    '/null',
    '/no-index/',
    '/public.txt/',
    '/public.txt/index.html',
  ]),
  ...targets('special file', 404, ['/fifo', '/zero'], { method: 'HEAD' }),
  ...targets('special file', 404, ['/fifo', '/zero'], { headers: ['Range: bytes=0-0'] }),
  ...targets('special file', 301, ['/no-index', '/docs.txt']),
]

const dotfiles = [
  ...targets('dotfile', 404, [
    '/.env',
    '/.git',
    '/.git/',
    '/.git/config',
    '/.git/HEAD',
    '/.htaccess',
    '/%2Eenv',
    '/%2eenv',
    '/%2Egit/config',
    '//.env',
    '/./.env',
    '/docs/.hidden/note.txt',
    '/docs/.well-known/note.txt',
    '/.well-known/.private',
    '/.well-known/%2Eprivate',
    '/...',
  ]),
  ...targets('dotfile', 403, ['/docs/../.env', '/.well-known/../.env']),
  ...targets('dotfile', 200, ['/.well-known/security.txt']),
]

const windows = [
  ...targets('Windows name', 404, [
    '/con',
    '/nul.txt',
    '/aux/x',
    '/com1.txt',
    '/COM%C2%B9',
    '/C:/Windows/win.ini',
    '/C:',
    '/c%3A/windows/win.ini',
    '/c%3a%5cwindows%5cwin.ini',
    '/public.txt.',
    '/public.txt%20',
    '/public.txt::$DATA',
    '/PUBLIC~1.TXT',
    '//server/share/secret.txt',
    '/\\\\server\\share\\secret.txt',
    '/%5C%5Cserver%5Cshare',
    '/%5c%5c%3f%5cC:%5c',
  ]),
  ...targets('Windows name', 403, ['/..\\..\\windows\\win.ini', '/..%5c..%5cwindows%5cwin.ini']),
]

const forms = [
  ...targets('form of the target', 200, [
    'http://localhost/public.txt',
    'HTTP://LOCALHOST:80/public.txt',
    'https://[::1]/public.txt',
    'http://localhost',
    'http://other.test/?query',
    '/public.txt?/../../secret.txt',
    '/?/admin/secret.txt',
  ]),
  ...targets('form of the target', 403, [
    'http://localhost/../secret.txt',
    'http://localhost/%2e%2e/secret.txt',
    'http://localhost/..%2fsecret.txt',
  ]),
  ...targets('form of the target', 400, [
    '*',
    'public.txt',
    '../secret.txt',
    '?',
    '#',
    '/public.txt#',
    'ftp://localhost/public.txt',
    'file:///etc/passwd',
    'http:///public.txt',
    'http://user:pass@localhost/public.txt',
    'localhost:80',
    '/public .txt',
    '/<public>.txt',
    '/{public}',
  ]),
  ...targets('form of the target', 405, ['*'], { method: 'OPTIONS' }),
  ...targets('form of the target', 405, ['/../secret.txt'], { method: 'DELETE' }),
  ...targets('form of the target', 405, ['/public.txt'], { method: 'TRACE' }),
  ...targets('form of the target', 403, ['/../secret.txt'], { method: 'HEAD' }),
]

const prototypes = targets('name of a prototype', 404, [
  '/__proto__',
  '/__proto__/',
  '/__proto__/x',
  '/constructor',
  '/constructor/prototype',
  '/toString',
  '/hasOwnProperty',
  '/valueOf',
  '/files/__proto__',
  '/public.__proto__',
])

const long = [
  ...targets('long path', 404, [
    `/${'a'.repeat(5000)}`,
    `/${'a'.repeat(256)}`,
    '/a'.repeat(200),
    `${'/a'.repeat(200)}/`,
    '/'.repeat(3000),
    '/.'.repeat(1000),
    `/${'%25'.repeat(1500)}`,
    `/${'%C3%A9'.repeat(700)}`,
    `/${'%41'.repeat(1500)}`,
  ]),
  ...targets('long path', 403, [
    `${'/..'.repeat(200)}/etc/passwd`,
    `${'/%2e%2e'.repeat(200)}/etc/passwd`,
    `${'/docs/..'.repeat(200)}/../secret.txt`,
  ]),
  ...targets('long path', 200, [`/?${'a'.repeat(5000)}`]),
  ...targets('long path', 431, [`/${'a'.repeat(20_000)}`]),
]

const redirects = [
  ...targets('open redirect', 404, [
    '//evil.test',
    '//evil.test/',
    '///evil.test',
    '//docs',
    '///docs',
    '//evil.test%2fdocs',
    '/\\evil.test',
    '/\\evil.test/docs',
    '/%5Cevil.test',
    '/%2Fevil.test',
    '/.evil.test',
    '/;@evil.test',
    '/%3Cscript%3Ealert(1)%3C%2Fscript%3E',
  ]),
  ...targets('open redirect', 403, [
    '//evil.test/..',
    '//evil.test/%2e%2e',
    '//evil.test/../docs',
    '//evil.test//..//docs',
    '//^/..',
  ]),
  ...targets('open redirect', 301, [
    '/docs',
    '/files/directory',
    '/docs?next=//evil.test',
    '/docs?<script>alert(1)</script>',
    'http://evil.test/docs',
  ]),
  ...targets('open redirect', 301, ['/docs'], { headers: ['Host: evil.test'] }),
  ...targets('open redirect', 301, ['/docs'], { headers: ['X-Forwarded-Host: evil.test'] }),
]

const fields = [
  ...withHeaders(
    '/public.txt',
    ['X-Original-URL: /admin/secret.txt', 200],
    ['X-Rewrite-URL: /admin/secret.txt', 200],
    ['X-Forwarded-Prefix: /../', 200],
    ['X-HTTP-Method-Override: DELETE', 200],
    ['__proto__: x', 200],
    ['Host: ../../secret.txt', 200],
    ['Host: ', 200],
    ['Range: bytes=0-0', 206],
    ['Range: bytes=-0', 416],
    ['Range: bytes=99999999999-', 416],
    ['Range: bytes=0-99999999999999999999999', 206],
    ['Range: bytes=5-2', 200],
    ['Range: bytes=--', 200],
    ['Range: bytes=a-b', 200],
    ['Range: lines=0-5', 200],
    ['Range: bytes=0-0\nRange: bytes=1-1', 200],
    [`Range: bytes=${'0-,'.repeat(4000)}0-`, 200, 206, 416],
    [`Range: bytes=${'0-0,'.repeat(2000)}0-0`, 200, 206, 416],
    [`Range: bytes=${' '.repeat(10_000)}x`, 200],
    ['If-Range: "x"\nRange: bytes=0-0', 200],
    ['If-Range: yesterday\nRange: bytes=0-0', 200],
    ['If-None-Match: *', 304],
    ['If-None-Match: "', 200],
    [`If-None-Match: ${'"x",'.repeat(3000)}`, 200],
    [`If-None-Match: ${'\t ,'.repeat(3000)}"`, 200],
    ['If-Match: "x"', 412],
    ['If-Modified-Since: yesterday', 200],
    ['If-Modified-Since: Thu, 01 Jan 1970 00:00:00 GMT', 200],
    ['If-Unmodified-Since: Thu, 01 Jan 1970 00:00:00 GMT', 412],
    ['Accept-Encoding: ../../secret', 200],
    ['Accept-Encoding: __proto__, constructor;q=1', 200],
    ['Accept-Encoding: gzip;q=0, x-brotli', 200],
    [`Accept-Encoding: ${'gzip;q=0.001,'.repeat(1000)}`, 200],
    [`Accept: ${'text/*;q=0,'.repeat(1000)}`, 200],
    ['Cookie: __proto__=1', 200],
    ['TE: trailers, chunked', 200],
  ),
]

/** Every request of the suite. */
export const vectors: readonly Vector[] = [
  ...traversal,
  ...broken,
  ...controls,
  ...guards,
  ...siblings,
  ...links,
  ...special,
  ...dotfiles,
  ...windows,
  ...forms,
  ...prototypes,
  ...long,
  ...redirects,
  ...fields,
]

/** A vector as a line that can be read. */
export function describeVector({ method, target, headers }: Vector): string {
  const start = `${method} ${target.length > 70 ? `${target.slice(0, 60)}… (${target.length})` : target}`
  const lines = headers.map((line) => (line.length > 60 ? `${line.slice(0, 50)}…` : line))
  const text = [start, ...lines].join(' | ')
  return text.replace(/[^\x20-\x7e…]/g, (byte) => `\\x${byte.charCodeAt(0).toString(16)}`)
}
