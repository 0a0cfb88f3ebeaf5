import express, { type RequestHandler } from 'express'
import sirv from 'sirv'
import { streamFiles } from '../../lib/index.js'

interface Peer {
  serve(root: string): RequestHandler
  /** Whether it walks the whole directory when it starts, and stops at a link that leads nowhere. */
  readonly walksAtStart: boolean
}

/** The servers of files that are compared, with their defaults as far as the suite lets them. */
export const peers: Readonly<Record<string, Peer>> = {
  streamFiles: {
    serve: (root) => streamFiles(root, { extensions: 'html' }),
    walksAtStart: false,
  },
  'express.static': {
    serve: (root) => express.static(root, { extensions: ['html'] }),
    walksAtStart: false,
  },
  sirv: {
    serve: (root) => sirv(root, { brotli: true, gzip: true }),
    walksAtStart: true,
  },
  'sirv, dev': {
    serve: (root) => sirv(root, { brotli: true, dev: true, gzip: true }),
    walksAtStart: false,
  },
}
