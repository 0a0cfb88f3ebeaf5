/** The contents of the parts of a `multipart/byteranges` body. */
export function partsOf({ headers, body }) {
  const [, boundary] = /boundary=(\S+)$/.exec(headers['content-type']) ?? []
  if (boundary === undefined) return [body]
  const parts = []
  let position = body.indexOf('\r\n\r\n')
  while (position !== -1) {
    const head = body.subarray(body.lastIndexOf(`--${boundary}`, position), position).toString()
    const [, start, end] = /content-range: bytes (\d+)-(\d+)\//i.exec(head) ?? []
    const length = Number(end) - Number(start) + 1
    parts.push(body.subarray(position + 4, position + 4 + length))
    position = body.indexOf('\r\n\r\n', position + 4 + length)
  }
  return parts
}
