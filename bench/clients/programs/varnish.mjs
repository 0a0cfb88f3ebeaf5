import { join } from 'node:path'
import { killed, ranges } from '../caches.mjs'
import { freePort, start, tally, untilListening, versionOf } from '../support.mjs'

const VARNISHD = process.env.PATH?.includes('/usr/sbin') ? 'varnishd' : '/usr/sbin/varnishd'

export const name = 'Varnish'
export const version = () => versionOf(VARNISHD, ['-V'])

export async function measure({ origin, directory, scratch }) {
  const port = await freePort()
  const varnish = start(VARNISHD, [
    ...['-F', '-n', join(scratch, 'varnish'), '-s', 'malloc,256m'],
    ...['-a', `127.0.0.1:${port}`, '-b', `127.0.0.1:${origin.port}`],
  ])
  await untilListening(port)
  const url = (path) => `http://127.0.0.1:${port}${path}`
  const { cold, warm } = await ranges(url, origin)
  const kills = []
  for (let time = 0; time < 5; time++) {
    await origin.restart()
    kills.push(await killed(url, origin, directory, time))
  }
  varnish.child.kill()
  await varnish.exited
  return [
    ['a range of a file not yet cached', cold],
    ['a range of a cached file', warm],
    ['the server is killed in the middle', tally(kills.map(({ first }) => first))],
    ['… and the next client gets', tally(kills.map(({ next }) => next))],
  ]
}
