import type { RequestListener } from 'node:http'
import { streamEvents, streamJsonLines } from '../../lib/index.js'
import { nginxCommand, startBufferingProxy } from '../support/nginx.js'
import { withServer } from '../support/server.js'

const command = nginxCommand ?? ''
const whereThereIsNginx = nginxCommand === undefined ? describe.skip : describe
if (nginxCommand === undefined) {
  process.stderr.write('SKIPPED: no events are sent through nginx, which is not installed\n')
}

const NAMES = ['one', 'two', 'three']

/** Produces the next value only when `next` is called. */
function valuesOnDemand() {
  let next: () => void = () => {}
  async function* values(): AsyncGenerator<string> {
    for (const name of NAMES) {
      yield name
      await new Promise<void>((resolve) => {
        next = resolve
      })
    }
  }
  return { values, next: () => next() }
}

whereThereIsNginx.each([undefined, '1.1'] as const)(
  'nginx with its default buffering and proxy_http_version %s',
  (protocol) => {
    test.each([
      ['streamEvents', streamEvents, /data: (.*)\n\n/g],
      ['streamJsonLines', streamJsonLines, /"(.*)"\n/g],
    ] as const)(
      'passes each value of %s on before the next is produced',
      async (_name, stream, pattern) => {
        const { values, next } = valuesOnDemand()
        const listener: RequestListener = (_req, res) => void stream(res, values())
        await withServer(listener, async ({ port }) => {
          const proxy = await startBufferingProxy(command, port, protocol)
          try {
            const { body, headers } = await fetch(`http://127.0.0.1:${proxy.port}/`)
            expect(headers.get('server')).toMatch(/^nginx/)
            let text = ''
            let received: string[] = []
            for await (const chunk of body ?? []) {
              text += Buffer.from(chunk as Uint8Array).toString()
              const known = received.length
              received = [...text.matchAll(pattern)].map(([, name = '']) => name)
              if (received.length > known) next()
            }
            expect(received).toEqual(NAMES)
          } finally {
            await proxy.close()
          }
        })
      },
    )
  },
)
