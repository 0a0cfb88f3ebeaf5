import { Readable } from 'node:stream'
import {
  GetObjectCommand,
  type GetObjectCommandOutput,
  HeadObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3'
import type { HttpError } from 'http-errors'
import { ObjectBody } from './object-body.js'
import { isSameVersion, type ObjectMetadata, objectMetadata } from './object-metadata.js'
import { parseContentRange } from './object-range.js'
import {
  codeOf,
  ObjectChangedError,
  storeError,
  storeStatus,
  UnexpectedResponseError,
} from './store-error.js'
import { StoreRequest } from './store-request.js'

/** The result of asking for an object. Any other failure is thrown, as an `http-errors` error. */
export type GetResult =
  | { readonly kind: 'object'; readonly metadata: ObjectMetadata; readonly body: ObjectBody }
  | { readonly kind: 'missing' | 'changed' | 'unsatisfiable' }

/** The result of asking for the metadata of an object. */
export type HeadResult =
  | { readonly kind: 'object'; readonly metadata: ObjectMetadata }
  | { readonly kind: 'missing' }

/** What to get of an object. */
export interface GetOptions {
  /** A `Range` field. Without it, the whole object. */
  readonly range?: string | undefined
  /** The version that the object must have; if it has another, the result is `'changed'`. */
  readonly version?: ObjectMetadata | undefined
  readonly signal: AbortSignal
}

// A name that the store cannot have is one that it does not have.
const MISSING: ReadonlySet<unknown> = new Set([
  'NoSuchKey',
  'NoSuchVersion',
  'InvalidObjectName',
  'InvalidURI',
  'KeyTooLongError',
])

// A file that is missing is often asked for under several names, one right after the other.
const BUCKET_IS_KNOWN_MS = 1000

/** One bucket of a store. */
export class Bucket {
  readonly #client: S3Client
  readonly #name: string
  readonly #stallTimeout: number
  #lastFoundAt = Number.NEGATIVE_INFINITY

  constructor(client: S3Client, name: string, stallTimeout: number) {
    this.#client = client
    this.#name = name
    this.#stallTimeout = stallTimeout
  }

  async get(key: string, { range, version, signal }: GetOptions): Promise<GetResult> {
    const input = { Bucket: this.#name, Key: key, Range: range, IfMatch: version?.etag }
    const request = new StoreRequest(signal, this.#stallTimeout)
    try {
      const sent = this.#client.send(new GetObjectCommand(input), { abortSignal: request.signal })
      const { metadata, body } = openObject(request, await request.receive(sent))
      this.#found()
      if (version === undefined || isSameVersion(metadata, version)) {
        return { kind: 'object', metadata, body }
      }
      body.close()
      return { kind: 'changed' }
    } catch (error) {
      request.abort()
      const kind = resultOf(error)
      this.#found()
      return { kind }
    }
  }

  /**
   * A failed HEAD has no body that would tell a missing object from a missing bucket, or bad credentials
   * from an object that must not be read. So a GET of one byte follows it, unless the bucket was just found.
   */
  async head(key: string, signal: AbortSignal): Promise<HeadResult> {
    const request = new StoreRequest(signal, this.#stallTimeout)
    const command = new HeadObjectCommand({ Bucket: this.#name, Key: key })
    try {
      const sent = this.#client.send(command, { abortSignal: request.signal })
      const output = await request.receive(sent)
      return { kind: 'object', metadata: objectMetadata(output, output.ContentLength) }
    } catch (error) {
      const status = storeStatus(causeOf(error))
      if (status === 404 && this.#wasJustFound()) return { kind: 'missing' }
      if (status !== 403 && status !== 404) throw error
    } finally {
      request.end()
    }
    const result = await this.get(key, { range: 'bytes=0-0', signal })
    if (result.kind === 'missing') return { kind: 'missing' }
    if (result.kind !== 'object') throw storeError(new ObjectChangedError())
    result.body.close()
    return result
  }

  #found(): void {
    this.#lastFoundAt = performance.now()
  }

  #wasJustFound(): boolean {
    return performance.now() - this.#lastFoundAt < BUCKET_IS_KNOWN_MS
  }
}

function openObject(
  request: StoreRequest,
  output: GetObjectCommandOutput,
): { readonly metadata: ObjectMetadata; readonly body: ObjectBody } {
  const { Body, ContentLength, ContentRange, $metadata } = output
  if (!(Body instanceof Readable)) {
    throw unexpected('The client of the store does not give a stream of Node.js')
  }
  const range = ContentRange === undefined ? undefined : parseContentRange(ContentRange)
  if (range === undefined && $metadata.httpStatusCode === 206) {
    Body.destroy()
    throw unexpected('The store sent a part of the object and not which one')
  }
  const size = range?.size ?? ContentLength
  const whole = { start: 0, end: (size ?? Number.POSITIVE_INFINITY) - 1 }
  return {
    metadata: objectMetadata(output, size),
    body: new ObjectBody(request, Body, range ?? whole),
  }
}

/** What the store's refusal means for the object; any other failure is thrown. */
function resultOf(error: unknown): 'missing' | 'changed' | 'unsatisfiable' {
  const cause = causeOf(error)
  if (MISSING.has(codeOf(cause))) return 'missing'
  const status = storeStatus(cause)
  if (status === 412) return 'changed'
  if (status === 416) return 'unsatisfiable'
  throw error
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined
}

function unexpected(message: string): HttpError {
  return storeError(new UnexpectedResponseError(message))
}
