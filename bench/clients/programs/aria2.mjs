import { join } from 'node:path'
import { BIG, BIG_BYTES } from '../files.mjs'
import { isSame, MIB, run, sizeOf, start, until, versionOf } from '../support.mjs'

export const name = 'aria2c'
export const version = () => versionOf('aria2c', ['--version'])

export async function measure({ origin, directory, scratch }) {
  const args = (out, ...more) => [
    ...['-x4', '-s4', '-k1M', '--file-allocation=none', '--allow-overwrite=true', ...more],
    ...['-d', scratch, '-o', out, origin.url(`/${BIG}`)],
  ]
  await run('aria2c', args('split'))
  const splits = origin.requests.some(({ range }) => range !== undefined)

  const path = join(scratch, 'resumed')
  const first = start('aria2c', args('resumed', '--max-download-limit=8M'))
  await until(() => sizeOf(path) > 4 * MIB)
  first.child.kill('SIGINT')
  await first.exited
  await origin.restart()
  const { code } = await run('aria2c', args('resumed', '-c'))
  const isWhole = code === 0 && isSame(path, join(directory, BIG))
  const asked = origin.requests.filter(({ completed }) => completed)
  const resumed = asked.reduce((sum, { bytesSent }) => sum + bytesSent, 0) < BIG_BYTES
  return [
    [
      '`-x4 -s4`',
      splits ? 'splits: several connections, each for a part' : 'one connection for everything',
    ],
    [
      'interrupted, then run again with `-c`',
      isWhole ? (resumed ? 'resumes' : 'starts again') : `exit ${code}`,
    ],
  ]
}
