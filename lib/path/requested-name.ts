import { canonicalName } from './canonical-name.js'
import { type DotfilePolicy, dotfileRefusal } from './dotfiles.js'
import { canonicalLocation } from './redirect-location.js'
import { type NameVerdict, refuse } from './refusal.js'
import { requestPath } from './request-path.js'

/** The part of a request that names a file. */
export interface RequestTarget {
  readonly url?: string | undefined
  readonly originalUrl?: string | undefined
}

/** The relative name that a request asks for, and the `Location` of a redirect to its canonical spelling. */
export type RequestedName = NameVerdict & { readonly location?: string }

/** The name that a request asks for, or the reason why it is refused. */
export function requestedName(
  req: RequestTarget,
  policy: { readonly dotfiles: DotfilePolicy; readonly redirect: boolean },
): RequestedName {
  if (mountEndsWithSlash(req)) return refuse('not-canonical')
  const path = pathBelowMount(req)
  const verdict = canonicalName(path, process.platform)
  if (!verdict.ok && verdict.reason !== 'lower-case-encoding') return verdict
  const { name, trailingSlash } = verdict
  const refusal = dotfileRefusal(name, policy.dotfiles)
  if (verdict.ok) return refusal === undefined ? verdict : refuse(refusal)
  const location = canonicalLocation(requestTarget(req), path, verdict.canonicalPath)
  const isRedirected = policy.redirect && refusal === undefined && location !== undefined
  return isRedirected ? { ok: true, name, trailingSlash, location } : refuse('not-canonical')
}

/** The request-target as the client sent it. */
export function requestTarget(req: RequestTarget): string {
  return req.originalUrl ?? req.url ?? '/'
}

/**
 * Express 4 takes '/files//a.txt' to be '/a.txt' below '/files/', and a middleware for '/files/a.txt' does not
 * match it.
 */
function mountEndsWithSlash({ url, originalUrl }: RequestTarget): boolean {
  if (url === undefined || originalUrl === undefined || url === originalUrl) return false
  const path = requestPath(url)
  const sent = requestPath(originalUrl)
  return sent.endsWith(`/${path}`) && path.startsWith('/')
}

/** Express adds a slash to the mount point itself, which the client may not have sent. */
function pathBelowMount(req: RequestTarget): string {
  const path = requestPath(req.url ?? '/')
  const sent = req.originalUrl === undefined ? path : requestPath(req.originalUrl)
  return path === '/' && !sent.endsWith('/') ? '' : path
}
