import { isFingerprinted } from '../../lib/http/fingerprint.js'

// Names that the bundlers of today gave to real files.
test.each([
  // Vite, Rollup: eight characters of base64url
  'index-BfD3kZ2q.js',
  'index-BfD3kZ2q.css',
  'index-C4Ttm5pk.js',
  'react-C4Ttm5pk.svg',
  'index-n_ryQ3BS.css',
  'index-CHVgwJZB.css',
  'about-DYxmnN09.js',
  'index-Dc2RO0Ii.js',
  'vendor-DGzzkmGz.js',
  'vendor-DQwL7hQG.js',
  'vendor-Cc5UYkSy.js',
  'vendor-B-x9kQ2f.js',
  'lazy-page-Dk3bXq7R.mjs',
  'inter-latin-C4hB9pQe.woff2',
  'logo-a1B2c3D4e-Fz8Kq1Rb.png',
  // SvelteKit, Astro
  'start.DuE7LxSt.js',
  'index.B3fD9kZq.css',
  // webpack, Parcel, Create React App, Angular, Next.js
  'main.3f2a9c1b.js',
  'main.3f2a9c1b.css',
  'main.3f2a9c1b5d6e7f80.js',
  'main.3f2a9c1b5d6e7f80a1b2.js',
  'main-3f2a9c1b5d6e7f80.js',
  'main-3f2a9c1b.js',
  'runtime.3f2a9c1b.bundle.js',
  '2.8e4f5a3b.chunk.js',
  'app.3f2a9c1b.min.js',
  'logo.6ce24c58.svg',
  'logo.6ce24c58023cc2f8fd88.svg',
  '151cfcfa1bd74779aadb.png',
  '4a313eff9a8b2c0d1e2f.woff2',
  // esbuild, Angular
  'chunk-ABCDEFGH.js',
  'chunk-FFHMDTLX.js',
  'main-FFHMD2TL.js',
  'styles-K4WQ2ZPL.css',
  'inter-5XZTW3KQ.woff2',
])('%s is fingerprinted', (name) => {
  expect(isFingerprinted(name)).toBe(true)
  expect(isFingerprinted(`/srv/dist/assets/${name}`)).toBe(true)
})

test.each([
  // versions
  'jquery-3.7.1.min.js',
  'jquery.min.js',
  'bootstrap-5.3.0-alpha1.css',
  'react.18.2.0.js',
  'lib-1.2.3-Beta1.js',
  'app-v2Beta01.js',
  'app-20.11.1.js',
  'v1.2.3-rc.1.js',
  // dates and times
  'report-20240131.csv',
  'report-20240131.js',
  'photo-20240131.jpg',
  'photo.20240131.jpg',
  'photo-2024feb1.jpg',
  'photo.2024feb1.jpg',
  'photo.1dec2024.jpg',
  'report-June2024.png',
  'report-2024June.png',
  'log.20240131abcd1234.js',
  'dump-1706700000.js',
  'app.1706700000000.js',
  '20240131.js',
  'Screenshot-2024-01-31.png',
  // words
  'site-overview.css',
  'site-Overview.css',
  'site-OVERVIEW.css',
  'README-TEMPLATE.js',
  'theme-DarkMode.css',
  'theme-darkMode.css',
  'UserList-JohnDoe2.png',
  'React.Fragment.js',
  'plant-fabaceae.jpg',
  'plant.fabaceae.jpg',
  'app.deadbeef.js',
  'jquery.DataTables.js',
  'layout-3COLUMNS.css',
  'notes-RELEASE2.js',
  'index-DiwrgTda.css',
  'index-CHdo91hT.js',
  'react-CHdo91hT.svg',
  'page-NavBtnSm.css',
  'page-LogInOut.js',
  'page-DevOpsUi.js',
  'page-DoItAsIs.js',
  'page-HTMLPage.js',
  'page-FAQsPage.js',
  'lib-UserAPIs.js',
  'lib-SvgIcons.js',
  'lib-CssReset.css',
  'lib-JpgToPng.js',
  'lib-CSVtoPDF.js',
  'lib-CSSvsXML.js',
  'jquery.bxSlider.js',
  'jquery.fancyBox.js',
  'jquery.scrollTo.min.js',
  'docs-DOWNLOAD.js',
  // words with numbers
  'lib-i18nData.js',
  'lib-a11yTest.js',
  'lib-e2eTests.js',
  'lib-K8sAdmin.js',
  'lib-B2BSales.js',
  'lib-OAuth2UI.js',
  'lib-D3Charts.js',
  'lib-HTML5App.js',
  'lib-CSS3Demo.css',
  'lib-CmsApiV2.js',
  'lib-DevOpsV2.js',
  'lib-V2Rc1Fix.js',
  'lib-iOS17Pro.css',
  'lib-MacOS13b.css',
  'lib-Win11Pro.css',
  'docs-WIN32API.js',
  'docs-BASE64JS.js',
  'docs-PART2END.js',
  'tv-S1E2Part.js',
  'tv-S03E04v2.js',
  'tv-Q3FY24v2.js',
  'page-A4Page2x.css',
  'chunk-ABCDEFGH.png',
  'book-Chapter1.png',
  'icon-iPhone15.png',
  'icon-IPhone15.png',
  'icon-Windows7.png',
  'icon-Win11Pro.png',
  'icon-iOS17Pro.png',
  'icon-Mp3Audio.svg',
  'icon-MacOS13b.png',
  'icon-Img24x24.png',
  'codec-H264High.js',
  'paper-Figure12.svg',
  'doc-Es2020js.js',
  'show-S03E04v2.png',
  'banner-300x250.png',
  'tile-x12y34z5.png',
  'tile-x1y2z3w4.png',
  'swatch-ff8800cc.svg',
  'report-FY24Q3V2.js',
  // cameras
  'IMG_0123.jpg',
  'photo-IMG_0123.jpg',
  'photo-DSC00042.jpg',
  'photo-DSC23456.jpg',
  'PXL_20240131.jpg',
  'DSC_0042.JPG',
  // ids
  'user-550e8400-e29b-41d4-a716-446655440000.png',
  'user-550e8400-e29b-41d4-a716-44665544abcd.png',
  '550e8400-e29b-41d4-a716-44665544abcd.png',
  '3f2504e04f8911d39a0c0305e82cec3c.png',
  'avatar-550e8400.png',
  'avatar-507f1f77bcf86cd799439011.png',
  'avatar.507f1f77bcf86cd799439011.png',
  '507f1f77bcf86cd799439011.jpg',
  'trace-4bf92f3577b34da6.png',
  '3f2a9c1b.js',
  'BfD3kZ2q.js',
  '12345678901234567890.png',
  // other lengths than those of the bundlers
  'app-BfD3kZ2.js',
  'app-BfD3kZ2qX.js',
  'app.3f2a9c1.js',
  'app.3f2a9c1b5.js',
  'app_3f2a9c1b.js',
  'appBfD3kZ2q.js',
  'app.3F2A9C1B.js',
  '-BfD3kZ2q.js',
  // files that are not the output of a bundler, or that change without their hash
  'index-BfD3kZ2q.html',
  'index-BfD3kZ2q.js.map',
  'index-BfD3kZ2q.js.br',
  'data-BfD3kZ2q.json',
  'report-BfD3kZ2q.csv',
  'report.3f2a9c1b.pdf',
  'movie-BfD3kZ2q.mp4',
  'backup.3f2a9c1b.zip',
  'index-BfD3kZ2q.js~',
  'index-BfD3kZ2q',
  'index-BfD3kZ2q.JS',
  'BfD3kZ2q-index.js',
  '.js',
  'js',
])('%s is not fingerprinted', (name) => {
  expect(isFingerprinted(name)).toBe(false)
  expect(isFingerprinted(`/srv/main.3f2a9c1b.js/${name}`)).toBe(false)
})

const HEX = '0123456789abcdef'
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'
const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

// docs/sites.md has these shares.
test.each([
  ['main.HASH.js', HEX, 20, 95],
  ['main.HASH.js', HEX, 8, 96],
  ['index-HASH.js', BASE64URL, 8, 71],
  ['logo-HASH.svg', BASE64URL, 8, 50],
  ['main-HASH.js', BASE32, 8, 38],
  ['chunk-HASH.js', BASE32, 8, 100],
])(
  'of 100 random hashes in %s, of %s and %d characters, it recognizes %d',
  (form, alphabet, length, expected) => {
    const random = pseudoRandom(1)
    const hash = () => Array.from({ length }, () => alphabet[random() % alphabet.length]).join('')
    const names = Array.from({ length: 20_000 }, () => form.replace('HASH', hash()))
    const share = names.filter((name) => isFingerprinted(name)).length / names.length
    expect(Math.round(share * 100)).toBe(expected)
  },
)

/** The integers of a linear congruential generator: the same ones every time. */
function pseudoRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state >>> 12
  }
}
