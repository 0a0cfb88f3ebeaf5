// The rows of the tables in docs/sites.md for users of @fastify/static and express-static-gzip. sirv has its own
// test, __tests__/parity/sirv.test.ts.

const GZIP = { 'accept-encoding': 'gzip' }
const BROTLI_AND_GZIP = { 'accept-encoding': 'gzip, br' }
const BROTLI_LESS = { 'accept-encoding': 'gzip, br;q=0.5' }

/**
 * The options of the peer, those of `streamFiles`, and requests: `[path, headers]`, with `differs` where the
 * table says so. `mount` is the path of the middleware, and `notFound` what the peer sends as its 404.
 */
export const rows = {
  '@fastify/static': [
    { theirs: {}, ours: {}, requests: [['/app.js'], ['/'], ['/dir/'], ['/missing']] },
    {
      theirs: { secondRoot: true },
      ours: { secondRoot: true },
      requests: [['/app.js'], ['/b.txt']],
    },
    {
      theirs: { prefix: '/static/' },
      ours: {},
      mount: '/static',
      requests: [['/static/app.js'], ['/app.js']],
    },
    { theirs: { dotfiles: 'ignore' }, ours: {}, requests: [['/.env']] },
    { theirs: {}, ours: { dotfiles: 'allow' }, requests: [['/.env']] },
    { theirs: { redirect: true }, ours: {}, requests: [['/dir'], ['/dir/']] },
    { theirs: {}, ours: {}, requests: [['/dir', {}, 'differs']] },
    {
      theirs: { preCompressed: true },
      ours: { precompressed: ['br', 'gzip'] },
      requests: [
        ['/app.js', BROTLI_AND_GZIP],
        ['/app.js', GZIP],
        ['/app.js'],
        ['/about.html', GZIP],
      ],
    },
    { theirs: { maxAge: '1d' }, ours: { maxAge: '1d' }, requests: [['/app.js']] },
    {
      theirs: { maxAge: 3_600_000, immutable: true },
      ours: { maxAge: 3_600_000, immutable: true },
      requests: [['/app.js']],
    },
    { theirs: { cacheControl: false }, ours: { cacheControl: false }, requests: [['/app.js']] },
    {
      theirs: { extensions: ['html'] },
      ours: { extensions: ['html'] },
      requests: [['/about'], ['/missing']],
    },
    { theirs: { index: ['about.html'] }, ours: { index: ['about.html'] }, requests: [['/']] },
    { theirs: { index: false }, ours: { index: false }, requests: [['/', {}, 'differs']] },
    {
      theirs: { allowedPath: (path) => !path.endsWith('.js') },
      ours: { exclude: /\.js$/ },
      requests: [['/app.js'], ['/about.html']],
    },
    {
      theirs: {},
      ours: { notFound: '404.html' },
      notFound: '404.html',
      requests: [['/missing', {}, 'policy differs']],
    },
  ],
  'express-static-gzip': [
    {
      theirs: {},
      ours: { precompressed: ['gzip'] },
      requests: [
        ['/app.js', GZIP],
        ['/app.js', BROTLI_AND_GZIP],
        ['/app.js'],
        ['/about.html', GZIP],
      ],
    },
    {
      theirs: { enableBrotli: true, orderPreference: ['br'] },
      ours: { precompressed: ['br', 'gzip'] },
      requests: [
        ['/app.js', BROTLI_AND_GZIP],
        ['/app.js', GZIP],
        ['/app.js', BROTLI_LESS, 'differs'],
      ],
    },
    {
      theirs: {
        customCompressions: [{ encodingName: 'zstd', fileExtension: 'zst' }],
        orderPreference: ['zstd'],
      },
      ours: { precompressed: ['zstd', 'gzip'] },
      requests: [['/app.js', { 'accept-encoding': 'gzip, zstd' }]],
    },
    {
      theirs: { index: 'about.html' },
      ours: { precompressed: ['gzip'], index: 'about.html' },
      requests: [['/', GZIP]],
    },
    {
      theirs: { serveStatic: { maxAge: '1d', extensions: ['html'] } },
      ours: { precompressed: ['gzip'], maxAge: '1d', extensions: ['html'] },
      requests: [['/about', GZIP], ['/app.js', GZIP], ['/'], ['/dir']],
    },
  ],
}
