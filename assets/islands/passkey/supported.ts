export const knowsPasskeys = (): boolean => typeof globalThis.PublicKeyCredential === 'function'

/** Whether passkeys can be offered in a field (conditional UI). */
export const offersInFields = async (): Promise<boolean> =>
  knowsPasskeys() && ((await PublicKeyCredential.isConditionalMediationAvailable?.()) ?? false)

/** Whether this device itself can keep one, behind a finger, a face or a PIN. */
export const canKeepOne = async (): Promise<boolean> =>
  knowsPasskeys() && PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable()
