// Reserved in every folder and with any extension, superscript digits included (CVE-2025-27210,
// CVE-2025-66221).
const DEVICE =
  /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])(?:[. ].*)?$/i

// 'PROGRA~1' is a second name of 'Program Files'.
const SHORT_NAME = /~[0-9]/

// A colon opens a drive or an alternate data stream; the rest cannot be in a name at all.
const FORBIDDEN_CHARACTER = /[:<>"|?*\\]/

// Windows drops trailing dots and spaces: 'secret.txt.' opens 'secret.txt'.
const TRAILING_DOT_OR_SPACE = /[. ]$/

/** Whether a `/`-separated name means one ordinary file on Windows, and nothing else. */
export function isServableOnWindows(name: string): boolean {
  return name.split('/').every(isOrdinarySegment)
}

function isOrdinarySegment(segment: string): boolean {
  return (
    !DEVICE.test(segment) &&
    !SHORT_NAME.test(segment) &&
    !FORBIDDEN_CHARACTER.test(segment) &&
    !TRAILING_DOT_OR_SPACE.test(segment)
  )
}
