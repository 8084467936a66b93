import { isIP } from 'node:net'
import { z } from 'zod'
import { AS_IPV4, faultOfRange } from './address-range.ts'
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

const ranges = { says: 'a list of IP addresses or CIDR ranges', suchAs: '10.0.0.0/8 or fd00::/8' }

/** `harmOfEverything` says what a `/0` would do: both lists are exceptions from a guard, and a `/0` would be its end. */
export const addressRanges = (harmOfEverything: string) => {
  const whyNotRange = (text: string): string | undefined => {
    const fault = faultOfRange(text)
    if (fault) return fault === 'mapped' ? AS_IPV4 : expected(ranges)
    return /\/0+$/.test(text) ? `a /0 range is every address: ${harmOfEverything}` : undefined
  }
  return withForm(z.array(z.string().superRefine(unless(whyNotRange))).readonly(), {
    ...ranges,
    fromText: (text) => text.split(',').map((part) => part.trim()),
  })
}
