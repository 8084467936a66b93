import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/server'
import type { Db } from '../../db/types.ts'
import { toBase64url } from '../../lib/base64url.ts'
import type { UserId } from '../../users/user.ts'
import { algorithms } from './algorithms.ts'
import { knownTransports } from './answer.ts'
import { CHALLENGE_LIFETIME, type Challenges } from './challenge.ts'
import { userHandleOf } from './passkey.ts'
import type { RelyingParty } from './relying-party.ts'
import { listPasskeys, type PasskeyRow } from './store.ts'

/** For `navigator.credentials`, as JSON (WebAuthn §5.1.8). */
export type RequestOptions = PublicKeyCredentialRequestOptionsJSON
export type CreationOptions = PublicKeyCredentialCreationOptionsJSON

/** What a password manager shows of the account. */
export interface Person {
  readonly id: UserId
  readonly email: string
  readonly name: string
}

/** `holder` is the hash of the sign-in or the session that asks: an answer counts nowhere else. */
export interface AskForPasskeys {
  askForSignIn(holder: Buffer): Promise<RequestOptions>
  askForSecondFactor(holder: Buffer, user: UserId): Promise<RequestOptions>
  askForEnrolment(holder: Buffer, person: Person): Promise<CreationOptions>
}

interface AskDeps {
  readonly db: Db
  readonly party: RelyingParty
  readonly challenges: Challenges
}

const timeout = CHALLENGE_LIFETIME

/** By hand, as they are few lines: the library that judges the answers is loaded with the first answer. */
export function asking({ db, party, challenges }: AskDeps): AskForPasskeys {
  return {
    // No list: the authenticator says who comes, and nobody learns who has a passkey.
    askForSignIn: async (holder) => ({
      rpId: party.id,
      challenge: await challenges.begin({ purpose: 'sign-in', holder }),
      timeout,
      userVerification: 'required',
    }),
    // Whoever comes has shown the password: the list tells a key that is carried around which of its secrets is meant.
    askForSecondFactor: async (holder, user) => ({
      rpId: party.id,
      challenge: await challenges.begin({ purpose: 'second-factor', holder, user }),
      timeout,
      userVerification: 'preferred',
      allowCredentials: (await listPasskeys(db, user)).map(descriptor),
    }),
    askForEnrolment: async (holder, { id, email, name }) => ({
      rp: { id: party.id, name: party.name },
      user: { id: toBase64url(userHandleOf(id)), name: email, displayName: name },
      challenge: await challenges.begin({ purpose: 'enrolment', holder, user: id }),
      timeout,
      pubKeyCredParams: algorithms.map((alg) => ({ type: 'public-key', alg })),
      // Which model it is, it may say by itself; its maker's signature for that is nothing that we would judge by.
      attestation: 'none',
      excludeCredentials: (await listPasskeys(db, id)).map(descriptor),
      authenticatorSelection: { residentKey: 'preferred', requireResidentKey: false, userVerification: 'preferred' },
    }),
  }
}

const descriptor = ({ credentialId, transports }: PasskeyRow) => ({
  type: 'public-key' as const,
  id: toBase64url(credentialId),
  transports: knownTransports(transports),
})
