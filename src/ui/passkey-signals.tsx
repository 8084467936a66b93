import { passkeySignalsScript } from './assets.ts'

export interface AccountSignalProps {
  readonly signal: {
    readonly rpId: string
    readonly userId: string
    readonly allAcceptedCredentialIds: readonly string[]
    readonly name: string
    readonly displayName: string
  }
}

/**
 * For the password manager (WebAuthn Signal API), on a page of whoever is signed in: which passkeys of the account there
 * are, and what it is called. After a deletion or a change of name it forgets, and renames, what it shows.
 */
export const AccountSignal = ({ signal }: AccountSignalProps) => (
  <div class="passkey-signal" hidden data-account={JSON.stringify(signal)}>
    <script type="module" src={passkeySignalsScript.href} />
  </div>
)

interface UnknownPasskeyProps {
  readonly signal: { readonly rpId: string; readonly credentialId: string }
}

/** After a sign-in by a passkey that we do not know (any more): it need not be offered again. */
export const UnknownPasskey = ({ signal }: UnknownPasskeyProps) => (
  <div class="passkey-signal" hidden data-unknown={JSON.stringify(signal)}>
    <script type="module" src={passkeySignalsScript.href} />
  </div>
)
