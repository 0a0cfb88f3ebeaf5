import { killed, ranges } from '../caches.mjs'
import { nginxCommand, startNginx } from '../nginx.mjs'
import { tally, versionOf } from '../support.mjs'

export const name = 'nginx `proxy_cache`'
export const version = () => versionOf(nginxCommand, ['-v'])

export async function measure({ origin, directory, scratch }) {
  const rows = []
  for (const protocol of ['1.0', '1.1']) {
    const label = protocol === '1.0' ? 'HTTP/1.0 to the server (the default)' : 'HTTP/1.1'
    const setting = { example: 'cache', protocol, upstream: origin.port, scratch }
    const nginx = await startNginx(setting)
    const { cold, warm } = await ranges(nginx.url, origin)
    const kills = []
    for (let time = 0; time < 5; time++) {
      await origin.restart()
      kills.push(await killed(nginx.url, origin, directory, time))
    }
    await nginx.stop()
    rows.push(
      [`${label}: a range of a file not yet cached`, cold],
      [`${label}: a range of a cached file`, warm],
      [`${label}: the server is killed in the middle`, tally(kills.map(({ first }) => first))],
      [`${label}: … and the next client gets`, tally(kills.map(({ next }) => next))],
    )
  }
  return rows
}
