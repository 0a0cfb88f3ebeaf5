// What is compared: every row, who runs it, and what is to be reached.

const KIB = 1024
const MIB = 1024 * KIB
const GIB = 1024 * MIB

/** The files that are served; those of a gibibyte are sparse, with bytes in them here and there. */
export const files = {
  '1k.txt': KIB,
  '10k.txt': 10 * KIB,
  '100k.txt': 100 * KIB,
  // Compressed siblings as large as their originals, so that the same number of bytes is sent.
  '1k.txt.br': KIB,
  '100k.txt.br': 100 * KIB,
  '10m.bin': 10 * MIB,
  '1g.bin': GIB,
}

const IN_FRONT = 'ours, in front of Express'

/** Servers behind nginx: the example of docs/scaling.md, and the server behind it. */
export const behindNginx = {
  'nginx, proxy to ours': { example: 'processes', app: 'ours' },
  'nginx, offload by ours': { example: 'offload', app: 'ours, offload' },
}

const PEERS = [
  'express.static',
  'sirv',
  '@fastify/static',
  'koa-static',
  '@hono/node-server',
  'createReadStream().pipe()',
]
const CEILING = 'ceiling: Express from memory'
const NODE_CEILING = 'ceiling: node:http, 1 MiB writes'

const FLOOR_304 = 'floor: Express, a bare 304'
const FLOOR_404 = 'floor: Express, a bare next()'

const RANGE_START = 512 * MIB + 12_345

const atLeast = (least, versus, measure = 'requests') => ({ least, versus, measure })
const atMost = (most, versus, measure) => ({ most, versus, measure })

/**
 * Rows of throughput. `path` may differ by contender; `expect` says what a right answer is, and
 * `targets` what `subject` must reach against others in the same round.
 */
export const throughputRows = [
  small('1 KiB file', '1k.txt', [atLeast(2.2, 'express.static'), atLeast(0.8, CEILING)]),
  small('10 KiB file', '10k.txt', [atLeast(2.2, 'express.static'), atLeast(0.8, CEILING)]),
  small('100 KiB file', '100k.txt', [atLeast(2.5, 'express.static')]),
  precompressed('1 KiB', '1k.txt'),
  precompressed('100 KiB', '100k.txt'),
  {
    title: '10 KiB file without compressed siblings',
    subject: 'ours, precompressed',
    contenders: ['ours, precompressed', 'ours', 'express-static-gzip', 'sirv, precompressed'],
    path: () => '/10k.txt',
    headers: () => ({ 'Accept-Encoding': 'gzip, deflate, br, zstd' }),
    connections: 32,
    shown: 'requests',
    expect: { status: 200, file: '10k.txt' },
    targets: [],
  },
  {
    title: '10 MiB file, 8 connections',
    subject: 'ours',
    contenders: ['ours', ...PEERS, NODE_CEILING, 'nginx'],
    path: () => '/10m.bin',
    connections: 8,
    shown: 'bytes',
    expect: { status: 200, file: '10m.bin' },
    targets: [
      atLeast(2, 'express.static', 'bytes'),
      atLeast(0.85, NODE_CEILING, 'bytes'),
      atLeast(0.75, 'nginx', 'bytes'),
      atMost(0.6, 'express.static', 'cpuPerByte'),
      atMost(1.9, 'nginx', 'cpuPerByte'),
    ],
  },
  {
    title: '1 GiB file, 4 connections',
    subject: 'ours',
    contenders: ['ours', ...PEERS, 'nginx'],
    path: () => '/1g.bin',
    connections: 4,
    shown: 'bytes',
    expect: { status: 200, file: '1g.bin' },
    targets: [atLeast(1.9, 'express.static', 'bytes')],
  },
  {
    title: '304 Not Modified',
    subject: 'ours',
    contenders: ['ours', ...PEERS.slice(0, -1), FLOOR_304, 'nginx'],
    path: () => '/1k.txt',
    headers: conditionOf,
    connections: 32,
    shown: 'requests',
    expect: { status: 304 },
    targets: [atLeast(2, 'express.static'), atLeast(0.8, FLOOR_304)],
  },
  {
    title: 'missing file (404)',
    subject: 'ours',
    contenders: ['ours', ...PEERS, FLOOR_404, 'nginx'],
    path: () => '/missing.txt',
    connections: 32,
    shown: 'requests',
    expect: { status: 404 },
    targets: [atLeast(1.5, 'express.static'), atLeast(0.8, FLOOR_404)],
  },
  {
    title: '1 KiB on bare node:http',
    subject: 'ours, bare node:http',
    contenders: ['ours, bare node:http', 'express.static', 'nginx'],
    path: () => '/1k.txt',
    connections: 32,
    shown: 'requests',
    expect: { status: 200, file: '1k.txt' },
    targets: [atLeast(6, 'express.static'), atLeast(0.4, 'nginx')],
  },
  {
    title: '1 KiB in front of Express',
    subject: IN_FRONT,
    contenders: [IN_FRONT, 'express.static', CEILING, 'ours', 'nginx'],
    path: () => '/1k.txt',
    connections: 32,
    shown: 'requests',
    expect: { status: 200, file: '1k.txt' },
    targets: [atLeast(6, 'express.static'), atLeast(2.5, CEILING)],
  },
  {
    title: '304 in front of Express',
    subject: IN_FRONT,
    contenders: [IN_FRONT, 'express.static', FLOOR_304, 'ours', 'nginx'],
    path: () => '/1k.txt',
    headers: conditionOf,
    connections: 32,
    shown: 'requests',
    expect: { status: 304 },
    targets: [atLeast(2.5, 'express.static'), atLeast(1.5, FLOOR_304)],
  },
  {
    title: '404 by the app, in front of Express',
    subject: IN_FRONT,
    contenders: [IN_FRONT, 'express.static', FLOOR_404, 'ours'],
    path: () => '/missing.txt',
    connections: 32,
    shown: 'requests',
    expect: { status: 404 },
    targets: [atLeast(1, 'express.static'), atLeast(0.9, 'ours')],
  },
  {
    title: '10 MiB file through nginx, 8 connections',
    subject: 'nginx, offload by ours',
    contenders: ['nginx, offload by ours', 'nginx', 'nginx, proxy to ours', 'ours'],
    path: () => '/10m.bin',
    connections: 8,
    shown: 'bytes',
    expect: { status: 200, file: '10m.bin' },
    targets: [atLeast(0.8, 'nginx', 'bytes')],
  },
  {
    title: '64 KiB range out of 1 GiB',
    subject: 'ours',
    contenders: ['ours', ...PEERS, 'nginx'],
    path: () => '/1g.bin',
    headers: () => ({ Range: `bytes=${RANGE_START}-${RANGE_START + 64 * KIB - 1}` }),
    connections: 32,
    shown: 'requests',
    expect: { status: 206, file: '1g.bin', start: RANGE_START, length: 64 * KIB },
    targets: [atLeast(1.8, 'express.static')],
  },
  generated('ours: async generator', [atLeast(0.9, 'ours: file', 'bytes')]),
  generated('ours: sync generator', [atLeast(0.9, 'ours: async generator', 'bytes')]),
  {
    title: "10 MiB file, FastAPI's StreamingResponse",
    subject: 'ours: file',
    contenders: ['ours: file', 'FastAPI: sync generator', 'FastAPI: async generator'],
    path: pathOf,
    connections: 8,
    shown: 'bytes',
    expect: { status: 200, file: '10m.bin' },
    targets: [
      atLeast(4, 'FastAPI: sync generator', 'bytes'),
      atLeast(2, 'FastAPI: async generator', 'bytes'),
    ],
  },
]

function small(title, name, targets) {
  return {
    title,
    subject: 'ours',
    contenders: ['ours', ...PEERS, CEILING, 'nginx'],
    path: () => `/${name}`,
    connections: 32,
    shown: 'requests',
    expect: { status: 200, file: name },
    targets,
  }
}

/** A browser's request for a file that has a sibling; to be compared with the same file without it. */
function precompressed(size, name) {
  return {
    title: `${size} file, precompressed`,
    subject: 'ours, precompressed',
    contenders: ['ours, precompressed', 'ours', 'express-static-gzip', 'sirv, precompressed'],
    path: () => `/${name}`,
    headers: () => ({ 'Accept-Encoding': 'gzip, deflate, br, zstd' }),
    connections: 32,
    shown: 'requests',
    expect: {
      status: 200,
      file: `${name}.br`,
      coding: (contender) => (contender === 'ours' ? undefined : 'br'),
    },
    targets: [atLeast(0.9, 'ours'), atLeast(2, 'express-static-gzip')],
  }
}

function generated(subject, targets) {
  return {
    title: `10 MiB of 64 KiB items, ${subject.replace('ours: ', '')}`,
    subject,
    contenders: [subject, ...targets.map(({ versus }) => versus)],
    path: pathOf,
    connections: 8,
    shown: 'bytes',
    expect: { status: 200, length: 10 * MIB },
    targets,
  }
}

function pathOf(contender) {
  const kind = contender.split(': ')[1]
  return kind === 'file' ? '/10m.bin' : `/${kind.replace(' ', '-')}`
}

/** A condition that a server's own answer makes true. */
function conditionOf({ headers }) {
  return headers.etag === undefined
    ? { 'If-Modified-Since': headers['last-modified'] ?? '' }
    : { 'If-None-Match': headers.etag }
}

/** Which server a contender's name stands for. */
export function serverOf(contender) {
  if (contender.startsWith('ours: '))
    return contender === 'ours: file' ? 'ours' : 'ours, generators'
  return contender.startsWith('FastAPI: ') ? 'FastAPI' : contender
}
