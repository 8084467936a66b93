import { isIP } from 'node:net'
import { z } from 'zod'
import { expected, unless, withForm } from './form.ts'

const HOST_NAME = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i

const listenHost = 'an IP address or a host name, without scheme or port'

export const hostToListenOn = () =>
  withForm(
    z
      .string()
      .superRefine(unless((text) => (isIP(text) > 0 || HOST_NAME.test(text) ? undefined : `expected ${listenHost}`))),
    { says: listenHost },
  )

function isRange(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0 || address.includes('%')) return false
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128))
}

const ranges = { says: 'a list of IP addresses or CIDR ranges', suchAs: '10.0.0.0/8 or fd00::/8' }

/** `harmOfEverything` says what a `/0` would do: both lists are exceptions from a guard, and a `/0` would be its end. */
export const addressRanges = (harmOfEverything: string) => {
  const whyNotRange = (text: string): string | undefined => {
    if (!isRange(text)) return expected(ranges)
    return /\/0+$/.test(text) ? `a /0 range is every address: ${harmOfEverything}` : undefined
  }
  return withForm(z.array(z.string().superRefine(unless(whyNotRange))).readonly(), {
    ...ranges,
    fromText: (text) => text.split(',').map((part) => part.trim()),
  })
}
