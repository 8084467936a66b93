import type { IncomingMessage } from 'node:http'
import { TLSSocket } from 'node:tls'
import type { Exchange } from '../exchange.ts'

/** Where a stranger, or a proxy for one, says under which address it came. */
const forwarding = [
  'forwarded',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-prefix',
  'x-forwarded-proto',
  'x-forwarded-server',
] as const
const replaced: ReadonlySet<string> = new Set(['host', ...forwarding])

/**
 * From here inwards the only host there is, is the issuer's: no route and no engine can put a stranger's `Host` or
 * `X-Forwarded-Host` into a link, whatever it builds links from. Each of Node's views of the head is made to say so, for
 * Hono reads the raw one.
 */
export function speakAsIssuer(incoming: IncomingMessage, exchange: Exchange, issuer: URL): void {
  const { headers } = incoming
  const scheme = issuer.protocol.slice(0, -1)
  forgetCertificate(incoming, exchange)
  if (headers.host === issuer.host && !forwarding.some((name) => headers[name] !== undefined))
    say(incoming, 'X-Forwarded-Proto', scheme)
  else {
    // Worked out from the header, so before that is gone.
    const client = headers['x-forwarded-for'] === undefined ? undefined : exchange.clientIp
    forget(incoming, replaced)
    say(incoming, 'Host', issuer.host)
    if (client !== undefined) say(incoming, 'X-Forwarded-For', client)
    say(incoming, 'X-Forwarded-Proto', scheme)
    incoming.headersDistinct = distinct(incoming)
  }
  if (issuer.protocol === 'https:' && !(incoming.socket instanceof TLSSocket))
    incoming.url = issuer.origin + exchange.head.target
}

/** Behind a proxy that ends TLS, an absolute target is what tells the adapter the scheme; nobody further in sees it. */
export function restoreTarget(incoming: IncomingMessage, exchange: Exchange): void {
  incoming.url = exchange.head.target
}

/** The exchange has read it where a proxy of ours wrote it; whoever else did gets nothing by it. */
function forgetCertificate(incoming: IncomingMessage, { certificateHeaders }: Exchange): void {
  if (!certificateHeaders) return
  const names = [certificateHeaders.certificate, certificateHeaders.verified ?? []].flat()
  if (!names.some((name) => incoming.headers[name] !== undefined)) return
  forget(incoming, new Set(names))
  incoming.headersDistinct = distinct(incoming)
}

function forget(incoming: IncomingMessage, names: ReadonlySet<string>): void {
  const { headers, rawHeaders } = incoming
  for (const name of names) delete headers[name]
  const kept: string[] = []
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const [name = '', value = ''] = [rawHeaders[i], rawHeaders[i + 1]]
    if (!names.has(name.toLowerCase())) kept.push(name, value)
  }
  incoming.rawHeaders = kept
}

function say({ headers, rawHeaders }: IncomingMessage, name: string, value: string): void {
  headers[name.toLowerCase()] = value
  rawHeaders.push(name, value)
}

/** Node makes this view when it is asked for, from as many raw lines as came: fewer lines, and it throws. */
function distinct({ headers }: IncomingMessage): NodeJS.Dict<string[]> {
  const lists: NodeJS.Dict<string[]> = {}
  for (const name in headers) {
    const value = headers[name]
    if (value !== undefined) lists[name] = typeof value === 'string' ? [value] : value
  }
  return lists
}
