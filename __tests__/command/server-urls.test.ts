import { serverUrls } from '../../lib/command/server-urls.js'

test.each([
  ['127.0.0.1', 'http://localhost:3000/'],
  ['::1', 'http://localhost:3000/'],
  ['192.0.2.1', 'http://192.0.2.1:3000/'],
  ['fe80::1', 'http://[fe80::1]:3000/'],
  ['example.test', 'http://example.test:3000/'],
])('a server that listens on %s is at %s', (host, url) => {
  expect(serverUrls(host, 3000)).toEqual([url])
})

test.each(['0.0.0.0', '::'])(
  'a server that listens on %s is at the address of this machine and others',
  (host) => {
    const [local, ...others] = serverUrls(host, 3000)
    expect(local).toBe('http://localhost:3000/')
    for (const url of others) expect(url).toMatch(/^http:\/\/[\d.]+:3000\/$/)
    expect(others).not.toContain('http://127.0.0.1:3000/')
  },
)
