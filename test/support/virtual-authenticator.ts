import type { CDPSession, Page } from 'playwright-core'

export interface VirtualAuthenticatorOptions {
  /** `internal` is a phone's or laptop's own; `usb` a key that is carried around. */
  readonly transport?: 'internal' | 'usb'
  readonly residentKey?: boolean
  /** Whether it has any way to tell who holds it: a sensor, a keypad, a PIN. */
  readonly canVerify?: boolean
  /** Whether it answers as if the person had shown a finger, a face or the PIN. */
  readonly userVerified?: boolean
}

export interface StoredCredential {
  readonly credentialId: string
  readonly rpId?: string
  readonly userHandle?: string
  readonly userName?: string
  readonly userDisplayName?: string
  readonly signCount: number
  readonly privateKey: string
  readonly isResidentCredential: boolean
}

export interface VirtualAuthenticator {
  credentials(): Promise<StoredCredential[]>
  /** For a passkey made elsewhere; `privateKey` is PKCS#8 in base64. */
  addCredential(credential: StoredCredential): Promise<void>
  setUserVerified(verified: boolean): Promise<void>
  remove(): Promise<void>
}

/**
 * Chromium's own authenticator for tests, over its DevTools protocol: the page's `navigator.credentials` stays the
 * browser's, with its checks of origin, RP id and secure context, which a script injected into the page would skip.
 */
export async function addVirtualAuthenticator(
  page: Page,
  options: VirtualAuthenticatorOptions = {},
): Promise<VirtualAuthenticator> {
  const cdp: CDPSession = await page.context().newCDPSession(page)
  await cdp.send('WebAuthn.enable')
  const { authenticatorId } = await cdp.send('WebAuthn.addVirtualAuthenticator', {
    options: {
      protocol: 'ctap2',
      ctap2Version: 'ctap2_1',
      transport: options.transport ?? 'internal',
      hasResidentKey: options.residentKey ?? true,
      hasUserVerification: options.canVerify ?? true,
      isUserVerified: options.userVerified ?? options.canVerify ?? true,
      automaticPresenceSimulation: true,
    },
  })
  return {
    credentials: async () => (await cdp.send('WebAuthn.getCredentials', { authenticatorId })).credentials,
    addCredential: async (credential) => {
      await cdp.send('WebAuthn.addCredential', { authenticatorId, credential })
    },
    setUserVerified: async (isUserVerified) => {
      await cdp.send('WebAuthn.setUserVerified', { authenticatorId, isUserVerified })
    },
    remove: async () => {
      await cdp.send('WebAuthn.removeVirtualAuthenticator', { authenticatorId })
    },
  }
}
