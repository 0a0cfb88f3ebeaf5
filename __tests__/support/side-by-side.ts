import type { Express, RequestHandler } from 'express'
import { express } from './express.js'
import { type RawResponse, request } from './raw-http.js'
import { serve } from './server.js'

// The Express whose behaviour is the measure, whichever the tests run under: serve-static 2, send 1.
const measure: typeof import('express') = require('express')

export const expressStatic = measure.static

export interface Asked {
  readonly method?: string
  readonly headers?: readonly string[]
  readonly version?: string
}

/** Both responses to the same request. */
export interface BothResponses {
  readonly theirs: RawResponse
  readonly ours: RawResponse
}

export interface SideBySide {
  /** Sends both the same request. `{etag}` in a header stands for the tag each of them gives. */
  ask(target: string, asked?: Asked): Promise<BothResponses>
  close(): Promise<void>
}

/** Starts two apps that differ in one handler: the one of Express, and ours. */
export async function sideBySide(
  theirHandler: (app: Express) => void,
  ourHandler: (app: Express) => void,
): Promise<SideBySide> {
  const theirs = await serve(appWith(measure, theirHandler))
  const ours = await serve(appWith(express, ourHandler))
  return {
    ask: async (target, asked = {}) => ({
      theirs: await askOne(theirs.port, target, asked),
      ours: await askOne(ours.port, target, asked),
    }),
    close: async () => {
      await Promise.all([theirs.close(), ours.close()])
    },
  }
}

/** The same middleware mounted on both sides. */
export function mounted(theirs: RequestHandler, ours: RequestHandler, mount = '/') {
  return sideBySide(
    (app) => app.use(mount, theirs),
    (app) => app.use(mount, ours),
  )
}

async function askOne(port: number, target: string, asked: Asked): Promise<RawResponse> {
  const headers = asked.headers ?? []
  if (!headers.some((line) => line.includes('{etag}'))) return request(port, target, asked)
  const { etag = '' } = (await request(port, target)).headers
  return request(port, target, {
    ...asked,
    headers: headers.map((line) => line.replace('{etag}', etag)),
  })
}

/** An app that says what came through to it: nothing found, or an error and its status. */
function appWith(factory: typeof express, use: (app: Express) => void): Express {
  const app = factory()
  app.disable('x-powered-by')
  use(app)
  app.use((_req, res) => {
    res.writeHead(404).end('nothing found')
  })
  app.use(((error, _req, res, _next) => {
    // As Express's own error handling does.
    for (const name of res.getHeaderNames()) res.removeHeader(name)
    for (const [name, value] of Object.entries(error.headers ?? {})) res.setHeader(name, `${value}`)
    res.writeHead(error.status ?? 500).end(`error ${error.status}`)
  }) satisfies import('express').ErrorRequestHandler)
  return app
}

// Of every message, and no part of what is compared.
const ALWAYS_LEFT_OUT = ['date', 'connection', 'keep-alive']

// The agreed differences: framing, and what describes an HTML body that we do not send.
const FRAMING = ['content-length', 'transfer-encoding']
const OF_AN_HTML_BODY = ['content-type', 'content-security-policy', 'x-content-type-options']

/** What must be the same on both sides: all but the agreed differences. */
export function essence(response: RawResponse): unknown {
  const { status, version, complete } = response
  const bodiless = status === 301 || status === 304 || status === 412 || status === 416
  const left = [...ALWAYS_LEFT_OUT, ...FRAMING, ...(bodiless ? OF_AN_HTML_BODY : [])]
  // Ours is not said where there is no content to ask ranges of.
  if (status === 304) left.push('accept-ranges')
  const headers = Object.entries(response.headers).filter(([name]) => !left.includes(name))
  return {
    status,
    version,
    complete,
    headers: Object.fromEntries(
      headers.map(([name, value]) => [
        name,
        name === 'etag' ? value.replace(/.*/, 'a tag') : value,
      ]),
    ),
    body: bodiless ? 'not compared' : response.body.toString('latin1'),
  }
}

/** Fails unless both responses are alike, in all but what is agreed. */
export function expectAlike({ theirs, ours }: BothResponses): void {
  expect(essence(ours)).toEqual(essence(theirs))
}
