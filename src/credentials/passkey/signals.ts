import type { Db } from '../../db/types.ts'
import { toBase64url } from '../../lib/base64url.ts'
import type { Person } from './ask.ts'
import { userHandleOf } from './passkey.ts'
import type { RelyingParty } from './relying-party.ts'
import { listPasskeys } from './store.ts'

/** What the browser tells the password manager of the account (WebAuthn §5.1.10), for whoever is signed in to it. */
export interface AccountSignal {
  readonly rpId: string
  readonly userId: string
  /** All that open the account: others that the manager holds for it do nothing any more. */
  readonly allAcceptedCredentialIds: readonly string[]
  readonly name: string
  readonly displayName: string
}

/** For anybody: a credential that does nothing here. */
export interface UnknownSignal {
  readonly rpId: string
  readonly credentialId: string
}

export interface PasskeySignals {
  signalFor(person: Person): Promise<AccountSignal>
  signalUnknown(credentialId: string): UnknownSignal
}

export const signalling = ({ db, party }: { readonly db: Db; readonly party: RelyingParty }): PasskeySignals => ({
  signalFor: async ({ id, email, name }) => ({
    rpId: party.id,
    userId: toBase64url(userHandleOf(id)),
    allAcceptedCredentialIds: (await listPasskeys(db, id)).map(({ credentialId }) => toBase64url(credentialId)),
    name: email,
    displayName: name,
  }),
  signalUnknown: (credentialId) => ({ rpId: party.id, credentialId }),
})
