/**
 * Why a path is not looked up at all. Every refusal is decided from the text alone, before any
 * file-system call.
 *
 * - `malformed`: not a path, or not decodable: broken percent-encoding, broken UTF-8, a control byte
 * - `above-root`: a `..` segment, in any encoding
 * - `not-canonical`: another spelling of a name that has a canonical one
 * - `unservable`: a name that the platform gives a meaning of its own (Windows devices and the like)
 * - `dotfile-denied`, `dotfile-ignored`: the `dotfiles` option says so
 */
export type RefusalReason =
  | 'malformed'
  | 'above-root'
  | 'not-canonical'
  | 'unservable'
  | 'dotfile-denied'
  | 'dotfile-ignored'

/** The status a refusal has where it does not simply fall through. */
export const statusOfRefusal: Readonly<Record<RefusalReason, 400 | 403 | 404>> = {
  malformed: 400,
  'above-root': 403,
  'not-canonical': 404,
  unservable: 404,
  'dotfile-denied': 403,
  'dotfile-ignored': 404,
}

/** A name below the root, `/`-separated, without a slash at either end; or why there is none. */
export type NameVerdict =
  | { readonly ok: true; readonly name: string; readonly trailingSlash: boolean }
  | { readonly ok: false; readonly reason: RefusalReason }

/** A verdict on the path of a request: it may also be another spelling that is redirected. */
export type PathVerdict =
  | NameVerdict
  | {
      readonly ok: false
      readonly reason: 'lower-case-encoding'
      readonly name: string
      readonly trailingSlash: boolean
      /** The same path in its canonical spelling. */
      readonly canonicalPath: string
    }

export function refuse(reason: RefusalReason): NameVerdict & { ok: false } {
  return { ok: false, reason }
}
