import type { IncomingMessage, ServerResponse } from 'node:http'
import { describeValue } from './options/option-rules.js'
import { finalHandler, type NextFunction } from './response/next-function.js'
import type { ResponseLike } from './response/response-like.js'

/**
 * Puts a file server in front of an application: a request listener for `createServer` of `node:http` and
 * `node:http2`. A request that `files` does not serve reaches the application with `req` and `res` as Node made
 * them.
 *
 * A file does not pass through the application. So no middleware of the application sees its request:
 * neither its authentication, nor its log, nor one that sets headers. An error of `files` does not reach the
 * error handling of the application either: the client gets its bare status, and `onOutcome` reports it.
 *
 * @typeParam Req the request of the server that takes the listener, by default that of `node:http`
 * @param files the middleware that `streamFiles` returns, or any other
 * @param app an Express app, or any request listener. Express needs an adapter for `node:http2`
 * @returns a request listener for `createServer`
 * @throws TypeError if an argument is not a function
 * @example
 * ```ts
 * createServer(beforeExpress(streamFiles('public'), app)).listen(3000)
 * ```
 */
export function beforeExpress<Req = IncomingMessage, Res extends ResponseLike = ServerResponse>(
  files: (req: NoInfer<Req>, res: NoInfer<Res>, next: NextFunction) => void,
  app: (req: NoInfer<Req>, res: NoInfer<Res>) => unknown,
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
