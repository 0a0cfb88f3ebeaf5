import { execFile, spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { StoreEnvironment } from './s3.js'

const run = promisify(execFile)
const scripts = join(__dirname, '..', '..', 'scripts', 'ceph')

/** Whether Ceph is installed: scripts/install-ceph.sh. */
export const hasCeph = spawnSync('radosgw', ['--version']).status === 0

/** A cluster of its own, for tests that kill a part of it. */
export class CephCluster {
  readonly #directory = mkdtempSync(join(tmpdir(), 'ceph-'))

  /** Starts the daemons that do not run. The options are those of the first start. */
  async start(options: { OSDS?: string; REPLICAS?: string } = {}): Promise<StoreEnvironment> {
    const { stdout } = await run(join(scripts, 'start.sh'), [this.#directory], {
      env: { ...process.env, ...options },
    })
    return Object.fromEntries([...stdout.matchAll(/^(\w+)=(.*)$/gm)].map(([, ...pair]) => pair))
  }

  /** Kills a daemon, which cannot close anything before it ends. */
  kill(daemon: 'client.rgw' | `osd.${number}`): void {
    const pid = readFileSync(join(this.#directory, 'run', `${daemon}.pid`), 'utf8')
    process.kill(Number(pid), 'SIGKILL')
  }

  async remove(): Promise<void> {
    await run(join(scripts, 'stop.sh'), [this.#directory, '--purge'])
    rmSync(this.#directory, { recursive: true, force: true })
  }
}
