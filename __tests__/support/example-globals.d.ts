import type { Decipheriv, Hash } from 'node:crypto'
import type { createServer as createHttpServer, Server } from 'node:http'
import type { Express, Request, RequestHandler, Response } from 'express'
import type * as all from 'express-stream-files'

/** What the examples of README.md and docs/ take for granted. */
declare global {
  const beforeExpress: typeof all.beforeExpress
  const readChunks: typeof all.readChunks
  const streamEvents: typeof all.streamEvents
  const streamFiles: typeof all.streamFiles
  const streamJsonArray: typeof all.streamJsonArray
  const streamJsonLines: typeof all.streamJsonLines
  const streamResponse: typeof all.streamResponse

  const app: Express
  const express: typeof import('express')
  const createServer: typeof createHttpServer
  const req: Request
  const res: Response
  const server: Server

  // What an application has of its own.
  const api: RequestHandler
  const authenticate: RequestHandler
  const bar: { update(bytes: number, total?: number): void }
  const body: all.StreamBody
  const bucket: {
    stat(key: string): Promise<{ size: number }>
    read(key: string): AsyncIterable<Uint8Array>
  }
  const database: AsyncIterable<{ id: number; name: string }>
  const db: { query(sql: string, options: { signal: AbortSignal }): AsyncIterable<object> }
  const gracefulShutdown: typeof import('../../examples/graceful-shutdown.mjs').gracefulShutdown
  const hash: Hash
  const hashes: ReadonlyMap<string, string>
  const image: Uint8Array
  const key: string
  const log: Pick<Console, 'info' | 'error'>
  const path: string
  const question: object
  const sql: string
  const upstream: string
  const url: string
  const versions: ReadonlyMap<string, string>
  function contentHashTag(): all.EtagFunction
  function decipherFor(path: string): Decipheriv
  function events(): AsyncGenerator<string>
  function news(): AsyncGenerator<string>
  function pricesAfter(
    id: string | undefined,
    signal: AbortSignal,
  ): AsyncIterable<{ id: string; price: number }>
  function rows(): AsyncGenerator<string>
  function sendErrorPage(res: Response, error: unknown): void
  function show(...values: unknown[]): void
}
