import { toBase64url } from '../../lib/base64url.ts'

/** What the operator has said of us and of the apps and sites that are ours, too. */
export interface RelyingPartySettings {
  readonly issuerUrl: string
  readonly rpId?: string | undefined
  readonly rpName: string
  readonly relatedOrigins: readonly string[]
  /** `com.example.app=` and the fingerprint in hex: with two certificates an app is here twice. */
  readonly androidApps: readonly string[]
  readonly iosApps: readonly string[]
}

export interface AndroidApp {
  readonly package: string
  /** SHA-256 of the certificate that signs it, in hex. */
  readonly fingerprint: string
}

export function androidApp(text: string): AndroidApp {
  const [name = '', fingerprint = ''] = text.split('=')
  return { package: name, fingerprint }
}

export interface RelyingParty {
  readonly id: string
  readonly name: string
  /** From where a ceremony may come. */
  readonly origins: readonly string[]
}

export function relyingPartyOf(settings: RelyingPartySettings): RelyingParty {
  const { issuerUrl, rpId, rpName, relatedOrigins, androidApps, iosApps } = settings
  const { origin, hostname } = new URL(issuerUrl)
  const id = rpId ?? hostname
  const origins = [
    origin,
    ...relatedOrigins,
    ...androidApps.map(androidOrigin),
    // iOS makes an app speak for the whole domain.
    ...(iosApps.length > 0 ? [`https://${id}`] : []),
  ]
  return { id, name: rpName, origins: [...new Set(origins)] }
}

const androidOrigin = (text: string): string =>
  `android:apk-key-hash:${toBase64url(Buffer.from(androidApp(text).fingerprint, 'hex'))}`
