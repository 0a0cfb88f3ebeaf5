import { compile } from '../support/compile.js'

const PRELUDE = `
import type { ServerResponse } from 'node:http'
import type { FileHandle } from 'node:fs/promises'
import { streamFiles, streamResponse, type StreamBody, type StreamResponseOptions } from 'express-stream-files'
declare const res: ServerResponse
declare const handle: FileHandle
declare const body: StreamBody
declare const flag: boolean
async function* rows() { yield 'row' }
`

const compiling = [
  `streamResponse(res, 'a', { root: '/srv', start: 1, end: 2, etag: false, chunkSize: 5 })`,
  `streamResponse(res, 'a', { follow: true, followIdle: 5, start: 1, contentLength: 'auto' })`,
  `streamResponse(res, 'a', { follow: flag })`,
  `streamResponse(res, 'a', { digest: flag ? 'sha-256' : undefined })`,
  `streamResponse(res, 'a', { digest: 'sha-256', contentLength: 'auto', transform: (chunks) => chunks })`,
  `streamResponse(res, 'a', { transform: (chunks, { path }) => chunks, contentLength: 5 })`,
  `streamResponse(res, 'a', { start: null, end: undefined, contentLength: true, follow: null })`,
  `streamResponse(res, new URL('file:///a'), { symlinks: 'deny', contentLength: true })`,
  `streamResponse(res, 'a', { offload: { header: 'X-Sendfile' }, download: true, maxAge: 5 })`,
  `streamResponse(res, 'a', { offload: { header: 'X-Accel-Redirect', prefix: '/_files/' }, root: '/srv' })`,
  `streamResponse(res, handle, { start: 1, contentLength: true, sendfile: 'auto' })`,
  `streamResponse(res, rows(), { contentLength: 5, type: 'csv', maxAge: '1d' })`,
  `streamResponse(res, rows(), { digest: 'sha-512' })`,
  `streamResponse(res, Buffer.from('a'), { digest: 'sha-256', contentLength: true })`,
  `streamResponse(res, new Blob(['a']), { contentLength: true })`,
  `streamResponse(res, async function* ({ signal, req }) { if (!signal.aborted) yield req.url ?? '' })`,
  `streamResponse(res, rows(), { onProgress: ({ bytesSent }) => bytesSent.toFixed(), headers: {} })`,
  `export const path = (options: StreamResponseOptions) => streamResponse(res, 'a', { ...options, download: true })`,
  `export const any = (options: StreamResponseOptions<StreamBody>) => streamResponse(res, body, options)`,
  `export const one = <Body extends StreamBody>(given: Body, options: StreamResponseOptions<Body>) => streamResponse(res, given, options)`,
  `streamFiles('a', { transform: (chunks) => chunks, contentLength: 'auto' })`,
]

const failing: [code: string, message: string][] = [
  [`streamResponse(res, rows(), { start: 5 })`, `'start' does not exist in type`],
  [
    `streamResponse(res, handle, { offload: { header: 'X-Sendfile' } })`,
    `'offload' does not exist`,
  ],
  [`streamResponse(res, rows(), { sendfile: 'auto' })`, `'sendfile' does not exist in type`],
  [`streamResponse(res, rows(), { root: '/srv' })`, `'root' does not exist in type`],
  [`streamResponse(res, () => rows(), { etag: true })`, `'etag' does not exist in type`],
  [
    `streamResponse(res, rows(), { contentLength: true })`,
    `Type 'true' is not assignable to type 'number | false | "auto" | null | undefined'.`,
  ],
  [
    `streamResponse(res, rows(), { digest: 'sha-256', contentLength: 5 })`,
    `'digest' does not exist in type 'StreamOptions'.`,
  ],
  [`streamResponse(res, new Blob([]), { follow: true })`, `'follow' does not exist in type`],
  [
    `streamResponse(res, Buffer.from('a'), { end: 0 })`,
    `'end' does not exist in type 'BytesOptions'.`,
  ],
  [
    `streamResponse(res, handle, { root: '/srv' })`,
    `'root' does not exist in type 'AnyFileOptions'.`,
  ],
  [
    `streamResponse(res, handle, { follow: true, digest: 'sha-256' })`,
    `'digest' does not exist in type 'FollowedFileOptions'.`,
  ],
  [
    `streamResponse(res, 'a', { follow: true, digest: 'sha-256' })`,
    `'digest' does not exist in type 'FollowedFileOptions & PathOptions'.`,
  ],
  [
    `streamResponse(res, 'a', { follow: true, end: 5 })`,
    `'end' does not exist in type 'FollowedFileOptions & PathOptions'.`,
  ],
  [
    `streamResponse(res, 'a', { followIdle: 5 })`,
    `Property 'follow' is missing in type '{ followIdle: number; }' but required in type 'FollowedFileOptions'.`,
  ],
  [
    `streamResponse(res, 'a', { contentLength: 5 })`,
    `Property 'transform' is missing in type '{ contentLength: number; }' but required in type 'TransformedFileOptions'.`,
  ],
  [
    `streamResponse(res, 'a', { digest: 'sha-256', contentLength: true })`,
    `'digest' does not exist in type 'PlainFileOptions & PathOptions'.`,
  ],
  [
    `streamResponse(res, 'a', { transform: (chunks) => chunks, contentLength: true })`,
    `'transform' does not exist in type 'PlainFileOptions & PathOptions'.`,
  ],
  [`streamResponse(res, 'a', { chunksize: 5 })`, `Did you mean to write 'chunkSize'?`],
  [
    `streamResponse(res, 'a', { dotfiles: 'hide' })`,
    `Type '"hide"' is not assignable to type 'DotfilePolicy | null | undefined'.`,
  ],
  [
    `streamResponse(res, 5)`,
    `Argument of type 'number' is not assignable to parameter of type 'StreamBody'.`,
  ],
  [
    `streamFiles('a', { transform: (chunks) => chunks, contentLength: true })`,
    `'transform' does not exist in type 'PlainFilesOptions'.`,
  ],
]

const errors = compile(
  new Map(
    [...compiling, ...failing.map(([code]) => code)].map((code, i) => [`${i}.ts`, PRELUDE + code]),
  ),
)

test.each(compiling.map((code, i) => [code, i] as const))('%s compiles', (_code, i) => {
  expect(errors.get(`${i}.ts`)).toBeUndefined()
})

test.each(failing.map(([code, message], i) => [code, message, i] as const))(
  '%s does not compile: %s',
  (_code, message, i) => {
    expect(errors.get(`${compiling.length + i}.ts`)).toContain(message)
  },
)
