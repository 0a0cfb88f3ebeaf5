import { randomBytes } from 'node:crypto'
import {
  CreateBucketCommand,
  DeleteBucketCommand,
  DeleteObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type PutObjectCommandInput,
  S3Client,
  type S3ClientConfig,
} from '@aws-sdk/client-s3'

/** How a store is reached, as scripts/ceph/start.sh prints it. */
export interface StoreEnvironment {
  readonly S3_ENDPOINT?: string
  readonly S3_ACCESS_KEY?: string
  readonly S3_SECRET_KEY?: string
  readonly S3_REGION?: string
  readonly S3_BUCKET?: string
}

/** The metadata that an object is stored with. */
export type ObjectHeaders = Partial<Omit<PutObjectCommandInput, 'Bucket' | 'Key' | 'Body'>>

/** A place in an object store that is empty before the tests of a file, and removed after them. */
export class TestBucket {
  readonly client: S3Client
  readonly bucket: string
  /** What all keys begin with, so that a bucket of the environment may have other objects. */
  readonly prefix = `${randomBytes(8).toString('hex')}/`
  readonly #isOwn: boolean

  constructor(environment: StoreEnvironment) {
    const { S3_BUCKET } = environment
    this.client = new S3Client(clientOptions(environment))
    this.bucket = S3_BUCKET ?? `test-${randomBytes(8).toString('hex')}`
    this.#isOwn = S3_BUCKET === undefined
  }

  async create(): Promise<void> {
    if (this.#isOwn) await this.client.send(new CreateBucketCommand({ Bucket: this.bucket }))
  }

  /** Stores an object, as S3 does it by default: without a media type. */
  async put(
    name: string,
    body: string | Uint8Array,
    headers: ObjectHeaders = { ContentType: 'binary/octet-stream' },
  ): Promise<void> {
    const place = { Bucket: this.bucket, Key: this.prefix + name }
    await this.client.send(new PutObjectCommand({ ...headers, ...place, Body: Buffer.from(body) }))
  }

  async remove(): Promise<void> {
    await this.#removeObjects()
    if (this.#isOwn) await this.client.send(new DeleteBucketCommand({ Bucket: this.bucket }))
    this.client.destroy()
  }

  async #removeObjects(): Promise<void> {
    const place = { Bucket: this.bucket, Prefix: this.prefix }
    while (true) {
      const { Contents = [] } = await this.client.send(new ListObjectsV2Command(place))
      const Objects = Contents.map(({ Key }) => ({ Key }))
      if (Objects.length === 0) return
      await this.client.send(
        new DeleteObjectsCommand({ Bucket: this.bucket, Delete: { Objects, Quiet: true } }),
      )
    }
  }
}

/** The options of a client of a store. */
export function clientOptions(
  {
    S3_ENDPOINT = '',
    S3_ACCESS_KEY,
    S3_SECRET_KEY,
    S3_REGION = 'us-east-1',
  }: StoreEnvironment = process.env,
): S3ClientConfig {
  const credentials =
    S3_ACCESS_KEY === undefined || S3_SECRET_KEY === undefined
      ? {}
      : { credentials: { accessKeyId: S3_ACCESS_KEY, secretAccessKey: S3_SECRET_KEY } }
  return {
    endpoint: S3_ENDPOINT,
    region: S3_REGION,
    forcePathStyle: true,
    // Few stores besides AWS know the checksums that the SDK sends by default.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    ...credentials,
  }
}

/** The store of the environment, as `npm run test:s3` has it. */
export const storeEndpoint = process.env.S3_ENDPOINT

/** A bucket of that store. */
export function newBucket(): TestBucket {
  if (storeEndpoint === undefined) throw new Error('There is no S3_ENDPOINT: npm run test:s3')
  return new TestBucket(process.env)
}

/** A bucket for the tests of one file. */
export function testBucket(): TestBucket {
  const bucket = newBucket()
  beforeAll(() => bucket.create())
  afterAll(() => bucket.remove())
  return bucket
}
