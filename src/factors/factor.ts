/** What counts beside a password; a passkey counts in its place, too. The names are those of the rooms that keep them. */
export const secondFactors = ['passkey', 'totp', 'email-code', 'backup-code'] as const
export type SecondFactor = (typeof secondFactors)[number]

/** Every way to prove who one is. A trusted browser stands for the second factor that was proven when it was trusted. */
export const factors = ['password', ...secondFactors, 'trusted-browser'] as const
export type Factor = (typeof factors)[number]

/** What was verified here, and when. */
export type Proof =
  | { readonly factor: 'password' | 'totp' | 'email-code' | 'backup-code'; readonly at: Date }
  | {
      readonly factor: 'passkey'
      readonly at: Date
      /** The authenticator has asked for a finger, a face or a PIN (WebAuthn: UV). Without, whoever holds the device can use it. */
      readonly verified: boolean
      /** It lives in an account that syncs it, not in one device. */
      readonly synced: boolean
    }
  | { readonly factor: 'trusted-browser'; readonly at: Date; readonly by: SecondFactor }

/** Enough to begin with: it says who comes, or belongs to whoever they said they are. */
export const isFirstFactor = (proof: Proof): boolean =>
  proof.factor === 'password' || (proof.factor === 'passkey' && proof.verified)

/** What it counts as beside a password; undefined for the password itself. */
export function countsAs(proof: Proof): SecondFactor | undefined {
  if (proof.factor === 'password') return undefined
  return proof.factor === 'trusted-browser' ? proof.by : proof.factor
}
