// The files that the demo sends, made in a temporary directory.
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { repeatWebm } from './repeat-webm.mjs'

const directory = mkdtempSync(join(tmpdir(), 'express-stream-files-'))
process.on('exit', () => rmSync(directory, { recursive: true, force: true }))

const line = (_, number) => `${String(number).padStart(9, '0')} The quick brown fox jumps.\n`
const text = Array.from({ length: 280_000 }, line).join('')

export const bigFile = join(directory, 'big.txt')
writeFileSync(bigFile, text)

/** The digest of the big file, as a `Repr-Digest` header has it (RFC 9530). */
export const bigFileDigest = `sha-256=:${createHash('sha256').update(text).digest('base64')}:`

export const videoFile = join(directory, 'video.webm')
writeFileSync(videoFile, repeatWebm(readFileSync(new URL('minute.webm', import.meta.url)), 10))

export const logFile = join(directory, 'requests.log')
writeFileSync(logFile, 'The server has started.\n')
