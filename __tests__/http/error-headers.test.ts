import { errorHeaders } from '../../lib/http/error-headers.js'

test.each<[headers: unknown, sent: unknown]>([
  [undefined, []],
  [null, []],
  ['Retry-After: 1', []],
  [{}, []],
  [{ 'Retry-After': '1' }, [['Retry-After', '1']]],
  [{ 'Retry-After': 1 }, [['Retry-After', '1']]],
  [{ 'X-A': undefined, 'X-B': null, 'X-C': {}, 'X-D': () => {}, 'X-E': 'sent' }, [['X-E', 'sent']]],
  // One value for each name, except that no cookie may hold another
  [{ Vary: ['Origin', 'Cookie'] }, [['Vary', 'Origin, Cookie']]],
  [{ 'SET-Cookie': ['a=1', 'b=2'] }, [['SET-Cookie', ['a=1', 'b=2']]]],
  [{ 'set-cookie': 'a=1' }, [['set-cookie', ['a=1']]]],
  [{ 'X-A': [] }, []],
  [{ 'X-A': ['a', undefined] }, []],
  // Not a header that can be sent
  [{ '': 'x' }, []],
  [{ 'X A': 'x' }, []],
  [{ 'X:A': 'x' }, []],
  [{ ':status': '200' }, []],
  [{ 'X-A': 'a\r\nX-B: b' }, []],
  [{ 'X-A': '\u20ac' }, []],
  [{ 'X-A': ' padded\t' }, [['X-A', 'padded']]],
  [{ ['__proto__']: 'x' }, [['__proto__', 'x']]],
  // Not for an error to say
  [{ 'Content-Length': '5', 'TRANSFER-ENCODING': 'chunked', Trailer: 'X' }, []],
  [{ Connection: 'close', 'Keep-Alive': 'timeout=5', Upgrade: 'h2c', TE: 'gzip' }, []],
  [{ 'Proxy-Connection': 'close', 'HTTP2-Settings': 'AA' }, []],
])('of the headers %p of an error, %p are sent', (headers, sent) => {
  expect(errorHeaders(headers)).toEqual(sent)
})
