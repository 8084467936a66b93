import type { Client } from '../client.ts'
import type { ClientFault } from '../faults.ts'
import { loopbacks } from '../redirect-uri.ts'
import { rule } from './rule.ts'

/** As a browser sends it, so that it is compared character by character. */
function isOrigin(text: string): boolean {
  if (text.length > 300 || !URL.canParse(text)) return false
  const { protocol, hostname, origin } = new URL(text)
  return origin === text && (protocol === 'https:' || (protocol === 'http:' && loopbacks.has(hostname)))
}

function originFault({ origins }: Pick<Client, 'origins'>): ClientFault | undefined {
  const value = origins.find((origin) => !isOrigin(origin) || origin.includes('*'))
  return value === undefined ? undefined : { reason: 'origin-invalid', value }
}

export const originRule = rule(['origins'], originFault)
