import { decrypt, encrypt, toSecretKey } from '../keyring/seal/aead.ts'
import { fromBase64url } from '../lib/base64url.ts'
import type { Secret } from '../lib/secret.ts'

/** What a token came of. */
export interface CameOf {
  readonly grantHash: Buffer
  /**
   * Whatever else the grant holds: it is that of all sign-ins of one browser to one application, and offline access that one of them
   * asked for is not given along to the others.
   */
  readonly endsWithSession: boolean
}

/**
 * By which grant a token stands behind the dot of its `jti`. A token that an application got itself has the hash, as all tokens of that
 * grant have: they call the person by one name anyway. One that was handed on goes to a back end where they may be called
 * otherwise, and the hash would say that the two are one. There it is sealed, another text each time. Behind the hash stands whether the
 * token ends with its session; one without that mark goes by its grant.
 */
export interface GrantTags {
  own(cameOf: CameOf): string
  handedOn(cameOf: CameOf): string
  /** Undefined where there is none, or none of ours. */
  grantIn(jti: unknown): CameOf | undefined
}

const HASH_BYTES = 32
const ENDS_WITH_SESSION = Buffer.of(1)
const LONGEST = HASH_BYTES + ENDS_WITH_SESSION.length
const PURPOSE = Buffer.from('the grant of a token that was handed on')

export function grantTags(secret: Secret<Buffer>): GrantTags {
  const key = toSecretKey(Buffer.from(secret.reveal()))
  return {
    own: (cameOf) => bytesOf(cameOf).toString('base64url'),
    handedOn: (cameOf) => encrypt(key, PURPOSE, bytesOf(cameOf)).toString('base64url'),
    grantIn: (jti) => {
      const [, tag] = typeof jti === 'string' ? jti.split('.') : []
      const bytes = tag === undefined ? undefined : fromBase64url(tag)
      if (!bytes) return undefined
      return read(bytes.length <= LONGEST ? bytes : decrypt(key, PURPOSE, bytes))
    },
  }
}

const bytesOf = ({ grantHash, endsWithSession }: CameOf): Buffer =>
  endsWithSession ? Buffer.concat([grantHash, ENDS_WITH_SESSION]) : grantHash

function read(bytes: Buffer | undefined): CameOf | undefined {
  if (bytes === undefined || bytes.length < HASH_BYTES) return undefined
  const [grantHash, mark] = [bytes.subarray(0, HASH_BYTES), bytes.subarray(HASH_BYTES)]
  const endsWithSession = mark.equals(ENDS_WITH_SESSION)
  return endsWithSession || mark.length === 0 ? { grantHash, endsWithSession } : undefined
}
