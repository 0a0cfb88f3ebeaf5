import { isIPv6 } from 'node:net'
import { networkInterfaces } from 'node:os'

/** The URLs under which a server that listens on `host` can be reached; the first is for this machine. */
export function serverUrls(host: string, port: number): string[] {
  if (host === '127.0.0.1' || host === '::1') return [urlOf('localhost', port)]
  if (host !== '0.0.0.0' && host !== '::') return [urlOf(host, port)]
  return ['localhost', ...networkAddresses()].map((address) => urlOf(address, port))
}

function urlOf(host: string, port: number): string {
  return `http://${isIPv6(host) ? `[${host}]` : host}:${port}/`
}

function networkAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((addresses = []) => addresses)
    .filter(({ family, internal }) => family === 'IPv4' && !internal)
    .map(({ address }) => address)
}
