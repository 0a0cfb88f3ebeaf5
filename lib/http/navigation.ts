import type { IncomingHttpHeaders } from 'node:http'
import { isPage } from './media-type.js'
import { parseWeight } from './weight.js'

/**
 * Whether a browser asks for a page to show, and not for something that a page needs: the request is marked
 * as a navigation (Fetch Metadata), or its `Accept` names a media type of pages. Scripts, images and
 * `fetch()` accept everything, so a range of types does not count.
 */
export function isNavigation(headers: IncomingHttpHeaders): boolean {
  if (headers['sec-fetch-mode'] === 'navigate') return true
  return headers.accept?.split(',').some(acceptsPage) ?? false
}

function acceptsPage(mediaRange: string): boolean {
  return isPage(mediaRange) && parseWeight(mediaRange.split(';').slice(1)) > 0
}
