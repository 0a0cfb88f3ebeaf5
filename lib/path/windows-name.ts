// Reserved in every directory and with any extension, including those with superscript digits (CVE-2025-27210,
// CVE-2025-66221).
const DEVICE =
  /^(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9\u00b9\u00b2\u00b3])(?:[. ].*)?$/i

// 8.3 names: 'PROGRA~1' is another name of 'Program Files'.
const SHORT_NAME = /~[0-9]/

// A colon selects a drive or an alternate data stream. The others are invalid in a name.
const FORBIDDEN_CHARACTER = /[:<>"|?*\\]/

// Windows drops trailing dots and spaces: 'secret.txt.' opens 'secret.txt'.
const TRAILING_DOT_OR_SPACE = /[. ]$/

/** Whether every segment of a `/`-separated name is the name of an ordinary file on Windows. */
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
