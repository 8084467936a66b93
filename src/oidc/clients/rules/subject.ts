import { sha256 } from '../../../lib/hash.ts'
import { type Client, DEVICE_CODE } from '../client.ts'
import type { ClientFault } from '../faults.ts'
import { loopbacks } from '../redirect-uri.ts'
import { rule } from './rule.ts'

const hostOf = (uri: string): string => {
  const { protocol, hostname } = new URL(uri)
  return protocol === 'https:' ? hostname : ''
}

/**
 * OpenID Connect Core §8.1: the host of the redirect URIs, where they are all on one. Of https alone: the loopback is every
 * machine's, and behind a scheme of its own (`com.app://bank.example/`) an app may write any host.
 */
export function onlyHost(redirectUris: readonly string[]): string | null {
  const hosts = new Set(redirectUris.filter((uri) => URL.canParse(uri)).map(hostOf))
  const [only = '', ...more] = hosts
  return more.length === 0 && isHost(only) && !isNobodys(only) && !isNumber(only) ? only : null
}

/** Nobody has a host under it (RFC 2606), so no redirect URI leads into the sector of another. */
const NOBODYS = '.invalid'
const isNobodys = (host: string): boolean => loopbacks.has(host) || `.${host}`.endsWith(NOBODYS)

const ofItsOwn = (id: string): string => `client-${sha256(id).toString('hex').slice(0, 32)}${NOBODYS}`

type Placed = Pick<Client, 'id' | 'type' | 'redirectUris'>

/**
 * Where nobody said which. On a device the application is at no host: the loopback is every application's, as is a scheme, and two of
 * them would compare what they call people. Each has a sector of its own.
 */
export const sectorOf = ({ id, type, redirectUris }: Placed): string | null =>
  type === 'native' && redirectUris.every((uri) => !uri.startsWith('https:')) ? ofItsOwn(id) : onlyHost(redirectUris)

/** An address of a network is whoever's it is today. */
const isNumber = (host: string): boolean => /^[0-9.]+$/.test(host)

const isHost = (text: string): boolean =>
  text.length <= 253 && /^[a-z0-9.-]+$/.test(text) && URL.parse(`https://${text}/`)?.hostname === text

const READS = ['id', 'subjectType', 'sector', 'grantTypes'] as const

function subjectFault({
  id,
  subjectType,
  sector,
  grantTypes,
}: Pick<Client, (typeof READS)[number]>): ClientFault | undefined {
  if (subjectType === 'public') return sector === null ? undefined : { reason: 'sector-idle' }
  if (sector === null) return { reason: 'sector-needed' }
  if (!isHost(sector) || (isNobodys(sector) && sector !== ofItsOwn(id)))
    return { reason: 'sector-invalid', value: sector }
  return grantTypes.includes(DEVICE_CODE) ? { reason: 'pairwise-device' } : undefined
}

export const subjectRule = rule(READS, subjectFault)
