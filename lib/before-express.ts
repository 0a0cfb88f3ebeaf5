import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Http2ServerRequest, Http2ServerResponse } from 'node:http2'
import { describeValue } from './options/option-rules.js'
import { finalHandler, type NextFunction } from './response/next-function.js'
import type { ResponseLike } from './response/response-like.js'

type Http2Listener = (req: Http2ServerRequest, res: Http2ServerResponse) => void

/**
 * Puts a file server in front of an application: a request listener for `createServer` of `node:http` and
 * `node:http2`. A request that `files` does not serve reaches the application with `req` and `res` as Node made
 * them.
 *
 * A file does not pass through the application. So no middleware of the application sees its request:
 * neither its authentication, nor its log, nor one that sets headers. An error of `files` does not reach the
 * error handling of the application either: the client gets its bare status, and `onOutcome` reports it.
 *
 * @typeParam App the listener, which decides which servers accept the result: one of `node:http2` does if `app`
 *   takes its requests
 * @typeParam Req the request of the server that takes the result, by default that of `node:http`
 * @param files the middleware that `streamFiles` returns, or any other
 * @param app an Express app, or any request listener. Express needs an adapter for `node:http2`
 * @returns a request listener for `createServer`
 * @throws TypeError if an argument is not a function
 * @example
 * ```ts
 * createServer(beforeExpress(streamFiles('public'), app)).listen(3000)
 * ```
 */
export function beforeExpress<
  App extends (req: NoInfer<Req>, res: NoInfer<Res>) => unknown,
  Req = IncomingMessage,
  Res extends ResponseLike = ServerResponse,
>(
  files: (req: NoInfer<Req>, res: NoInfer<Res>, next: NextFunction) => void,
  app: App,
): ((req: Req, res: Res) => void) & ([App] extends [Http2Listener] ? Http2Listener : unknown)
/** Puts a file server in front of an application that takes requests of `node:http2` only. */
export function beforeExpress(
  files: (req: Http2ServerRequest, res: Http2ServerResponse, next: NextFunction) => void,
  app: Http2Listener,
): Http2Listener
export function beforeExpress<Req, Res extends ResponseLike>(
  files: (req: Req, res: Res, next: NextFunction) => void,
  app: (req: Req, res: Res) => unknown,
): (req: Req, res: Res) => void {
  assertFunction('files', files)
  assertFunction('app', app)
  return (req, res) =>
    files(req, res, (error) => {
      if (error) finalHandler(res)(error)
      else app(req, res)
    })
}

function assertFunction(name: string, value: unknown): void {
  if (typeof value === 'function') return
  throw new TypeError(`beforeExpress: ${name} must be a function, not ${describeValue(value)}`)
}
