import type { IncomingMessage } from 'node:http'
import type { Exchange } from '../exchange.ts'

/**
 * From here inwards the only host there is, is the issuer's: no route and no engine can put a stranger's `Host` or
 * `X-Forwarded-Host` into a link, whatever it builds links from.
 */
export function speakAsIssuer(incoming: IncomingMessage, exchange: Exchange, issuer: URL): void {
  const { headers, rawHeaders } = incoming
  if (headers.host !== issuer.host) {
    headers.host = issuer.host
    for (let i = 0; i < rawHeaders.length; i += 2)
      if (rawHeaders[i]?.toLowerCase() === 'host') rawHeaders[i + 1] = issuer.host
  }
  if (headers['x-forwarded-host'] !== undefined) headers['x-forwarded-host'] = undefined
  headers['x-forwarded-proto'] = issuer.protocol.slice(0, -1)
  if (headers['x-forwarded-for'] !== undefined) headers['x-forwarded-for'] = exchange.clientIp
}
