import { relative, sep } from 'node:path'

/** The response header that tells the server in front which file to send. */
export interface OffloadHeader {
  readonly name: string
  /** @param path the absolute path of the file */
  value(path: string): string
}

/**
 * The header that nginx reads: a URI of its own configuration, percent-encoded.
 *
 * @param root the absolute path of the directory
 * @param prefix what stands for the directory in the configuration, not encoded
 */
export function accelRedirect(root: string, prefix: string): OffloadHeader {
  return {
    name: 'X-Accel-Redirect',
    value: (path) => encodePath(prefix + relative(root, path).replaceAll(sep, '/')),
  }
}

// lighttpd and later versions of Apache's module decode the path, which older versions do not. So only a
// percent sign, without which a name could be read as another, and what no field value may contain are encoded.
const ENCODED_IN_PATH = /[%\p{Cc}]/gu

/** The header that Apache's mod_xsendfile and lighttpd read: the absolute path. */
export const xSendfile: OffloadHeader = {
  name: 'X-Sendfile',
  value: (path) => utf8AsLatin1(path.replace(ENCODED_IN_PATH, encodeURIComponent)),
}

// Spaces at the end of a field value are not part of it (RFC 9110 §5.5), and Node decodes what is not UTF-8 as U+FFFD.
const AMBIGUOUS_PATH = / $|\uFFFD/u

/** Whether a header can name a file so that it cannot be read as another. */
export function isUnambiguousPath(path: string): boolean {
  return !AMBIGUOUS_PATH.test(path)
}

function encodePath(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/')
}

/** Node writes header values as Latin-1. */
function utf8AsLatin1(text: string): string {
  return Buffer.from(text).toString('latin1')
}
