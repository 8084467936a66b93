import { errors } from 'oidc-provider'
import type { OrganisationClaims } from './claims.ts'

/** A token travels in a header, and proxies cut headers off at 8 KB: better an error that says the cure than a token that no service receives. */
export function assertFits(claims: OrganisationClaims, largest: number): void {
  const { permissions, ...rest } = claims
  const bytes = sizeOf(rest) + (permissions ? NAMED + sizeOfList(permissions) : 0)
  if (bytes > largest)
    throw new errors.InvalidTarget(
      `the roles and permissions make ${bytes} bytes, and ${largest} are allowed (tokens.largestClaims): ask for one API with fewer permissions, or give fewer roles`,
    )
}

const sizeOf = (value: object): number => Buffer.byteLength(JSON.stringify(value))
/** As a further member of an object that has some. */
const NAMED = ',"permissions":'.length

/** What the same roles permit is the same array each time (`permittedBy`). */
const sizes = new WeakMap<readonly string[], number>()

function sizeOfList(list: readonly string[]): number {
  const size = sizes.get(list) ?? sizeOf(list)
  sizes.set(list, size)
  return size
}
