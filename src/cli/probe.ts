import { request as requestHttp } from 'node:http'
import { request as requestHttps } from 'node:https'
import type { Config } from '../config/config.ts'

type Probe = { readonly ready: true } | { readonly ready: false; readonly reason: string }

const TIMEOUT_MS = 2_000

/** Asks `/readyz` of the server on this machine, at the address that the same configuration gives the server. */
export function probe({ host, port, tls }: Config['server']): Promise<Probe> {
  // Only our own server on this machine is asked: its certificate is for the issuer's name, not for the loopback address.
  const options = {
    host: reachable(host),
    port,
    path: '/readyz',
    timeout: TIMEOUT_MS,
    rejectUnauthorized: false,
    agent: false as const,
  }
  return new Promise((resolve) => {
    const refuse = (reason: string) => resolve({ ready: false, reason })
    const request = (tls ? requestHttps : requestHttp)(options, (response) => {
      response.resume()
      if (response.statusCode === 200) resolve({ ready: true })
      else refuse(`/readyz answered ${response.statusCode}`)
    })
    request.on('timeout', () => request.destroy(new Error(`no answer within ${TIMEOUT_MS / 1000} s`)))
    request.on('error', (error) => refuse(error.message))
    request.end()
  })
}

const anyAddress: Record<string, string> = { '0.0.0.0': '127.0.0.1', '::': '::1' }
const reachable = (host: string) => anyAddress[host] ?? host
