/**
 * Why a path is refused. A refusal depends on the text of the path alone, and is decided before any
 * file-system call.
 *
 * - `malformed`: not a path, or malformed percent-encoding, malformed UTF-8, or a control character
 * - `above-root`: a `..` segment, in any encoding
 * - `not-canonical`: not the canonical spelling of the name
 * - `unservable`: a name with a special meaning on the platform, such as a Windows device
 * - `dotfile-denied`, `dotfile-ignored`: refused by the `dotfiles` option
 */
export type RefusalReason =
  | 'malformed'
  | 'above-root'
  | 'not-canonical'
  | 'unservable'
  | 'dotfile-denied'
  | 'dotfile-ignored'

/** The status of a refused request that does not fall through. */
export const statusOfRefusal: Readonly<Record<RefusalReason, 400 | 403 | 404>> = {
  malformed: 400,
  'above-root': 403,
  'not-canonical': 404,
  unservable: 404,
  'dotfile-denied': 403,
  'dotfile-ignored': 404,
}

/** A `/`-separated name below the root, without a leading or trailing slash; or the reason of the refusal. */
export type NameVerdict =
  | { readonly ok: true; readonly name: string; readonly trailingSlash: boolean }
  | { readonly ok: false; readonly reason: RefusalReason }

/** The same for the path of a request, which may also have a spelling that can be redirected. */
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
