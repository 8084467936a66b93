import { limiterKey } from '../../http/address/ip.ts'
import { toBase64url } from '../../lib/base64url.ts'
import { sha256 } from '../../lib/hash.ts'
import type { Identities } from '../identity.ts'
import type { Index } from '../ports.ts'
import type { Limit, LimitKeys } from './rule.ts'

/** Of 256 keyed bits: half of them are enough to tell counters apart. */
const BYTES = 16

/** `signIn.email:…`: which limit, and of whom, in a form that says nothing to a reader of the store. */
export const keysIn =
  (index: Index, identities: Identities) =>
  ({ name, kind }: Limit, keys: LimitKeys): string | undefined => {
    const whom = whomOf(index, identities, kind, keys)
    const line = keys.purpose === undefined ? name : `${name}.${keys.purpose}`
    return whom && `${line}:${toBase64url(whom.subarray(0, BYTES))}`
  }

function whomOf(
  index: Index,
  identities: Identities,
  kind: Limit['kind'],
  { email, account, session, ip, organisation, apiKey, everybody, knownBrowser }: LimitKeys,
): Buffer | undefined {
  const inBrowser = (whom: Buffer) => (knownBrowser ? sha256(Buffer.concat([whom, knownBrowser.hash])) : whom)
  const inSession = (whom: Buffer) => (session ? sha256(Buffer.concat([whom, sha256(session)])) : whom)
  switch (kind) {
    case 'email':
      return email && inBrowser(email)
    case 'account':
      return account && inSession(inBrowser(identities.person(account)))
    case 'ip':
      return ip === undefined ? undefined : index.exact('guard.ip', limiterKey(ip))
    case 'organisation':
      return organisation === undefined ? undefined : index.exact('guard.organisation', organisation)
    case 'everybody':
      return everybody && sha256('everybody')
    case 'apiKey':
      return apiKey === undefined ? undefined : index.exact('guard.apiKey', apiKey)
  }
}
