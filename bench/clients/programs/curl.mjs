import { join } from 'node:path'
import { BIG } from '../files.mjs'
import { fiveTimes, isSame, MIB, run, sizeOf, start, until, versionOf } from '../support.mjs'

export const name = 'curl'
export const version = () => versionOf('curl', ['--version'])

export async function measure({ origin, directory, scratch }) {
  const path = join(scratch, 'partial')
  const slowly = ['--limit-rate', '8m', '-o']
  const first = start('curl', [...slowly, path, origin.url(`/${BIG}`)])
  await until(() => sizeOf(path) > 12 * MIB)
  first.child.kill('SIGINT')
  const { output } = await first.exited
  await origin.restart()
  const { code } = await run('curl', ['-s', '-C', '-', '-o', path, origin.url(`/${BIG}`)])
  const resumed = code === 0 && isSame(path, join(directory, BIG))

  const killed = await fiveTimes(async (time) => {
    const path = join(scratch, `killed-${time}`)
    const { exited } = start('curl', ['-s', '-S', ...slowly, path, origin.url(`/${BIG}`)])
    await until(() => sizeOf(path) > 4 * MIB)
    await origin.restart()
    const { code } = await exited
    return code === 0 ? '**exit 0 with part of the file**' : `exit ${code}, a failure`
  })
  return [
    ['progress meter', showsTotal(output) ? 'shows the total' : 'shows no total'],
    ['`curl -C -` after an interruption', resumed ? 'resumes' : `exit ${code}`],
    ['the server is killed in the middle', killed],
  ]
}

/** Without a length, curl shows what came so far as the total, and always 100 %. */
function showsTotal(output) {
  return /^\s*\d{1,2}\s+24\.0M/m.test(output.replaceAll('\r', '\n'))
}
