import { errors } from 'oidc-provider'

/** A token travels in a header, and proxies cut headers off at 8 KB: better an error that says the cure than a token that no service receives. */
export function assertFits(claims: object, largest: number): void {
  const bytes = Buffer.byteLength(JSON.stringify(claims))
  if (bytes > largest)
    throw new errors.InvalidTarget(
      `the roles and permissions make ${bytes} bytes, and ${largest} are allowed (tokens.largestClaims): ask for one API with fewer permissions, or give fewer roles`,
    )
}
