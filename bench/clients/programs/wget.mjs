import { join } from 'node:path'
import { BIG, BIG_BYTES } from '../files.mjs'
import { fiveTimes, isSame, MIB, mib, run, sizeOf, start, until, versionOf } from '../support.mjs'

export const name = 'wget'
export const version = () => versionOf('wget', ['--version'])

export async function measure({ origin, directory, scratch }) {
  const { output } = await run('wget', ['-O', join(scratch, 'total'), origin.url(`/${BIG}`)])
  const total = /Length: (\S+)/.exec(output)?.[1]
  const killed = await fiveTimes(async (time) => {
    const path = join(scratch, `killed-${time}`)
    const { exited } = start('wget', ['--limit-rate=16m', '-O', path, origin.url(`/${BIG}`)])
    await until(() => sizeOf(path) > 4 * MIB)
    await origin.restart()
    const { code } = await exited
    const resumed = origin.requests.some(({ range }) => range !== undefined)
    if (isSame(path, join(directory, BIG))) {
      return resumed ? 'resumes; the whole file' : 'starts again; the whole file'
    }
    return code === 0 ? '**exit 0 with part of the file**' : `exit ${code}`
  })
  return [
    ['size before the end', total === String(BIG_BYTES) ? mib(BIG_BYTES) : `"${total}"`],
    ['the server is killed in the middle and started again', killed],
  ]
}
