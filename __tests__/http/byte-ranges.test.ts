import { readRangeField } from '../../lib/http/byte-ranges'

describe('a Range field for 10 bytes', () => {
  test.each([['bytes=0-0', [{ start: 0, end: 0 }]]])('%s asks for %j', (field, ranges) => {
    expect(readRangeField(field, 10)).toEqual(ranges)
  })
})
