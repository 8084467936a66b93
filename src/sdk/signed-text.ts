import { compactVerify, decodeProtectedHeader, importJWK, type JWK } from 'jose'

export type Unreadable =
  | 'too-large'
  | 'not-a-token'
  | 'not-canonical'
  | 'header-invalid'
  | 'wrong-type'
  | 'algorithm-refused'
  | 'no-keys'
  | 'unknown-key'
  | 'signature-wrong'
  | 'content-invalid'

/** `/.well-known/license-jwks.json` of the vendor, saved to a file: what is fetched when it is needed is no pinned key. */
export interface LicenseKeys {
  readonly keys: readonly JWK[]
}

type Opened = { readonly ok: true; readonly payload: unknown } | { readonly ok: false; readonly reason: Unreadable }

const fail = (reason: Unreadable): Opened => ({ ok: false, reason })

/** The key says how it is used; the header is only asked whether it agrees (RFC 8725 §3.1). */
const algorithmOf = ({ kty, crv }: JWK): string | undefined =>
  kty === 'RSA' ? 'RS256' : kty === 'OKP' && crv === 'Ed25519' ? 'EdDSA' : undefined

/** The decoders of JavaScript ignore the spare bits of a part's last character: two texts would be one licence. */
const isCanonical = (part: string): boolean => Buffer.from(part, 'base64url').toString('base64url') === part

function headerIn(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    return { ...decodeProtectedHeader(text) }
  } catch {
    return undefined
  }
}

export async function openSigned(
  text: string,
  { keys }: LicenseKeys,
  { typ, mostBytes }: { readonly typ: string; readonly mostBytes: number },
): Promise<Opened> {
  if (text.length > mostBytes) return fail('too-large')
  const parts = text.split('.')
  if (parts.length !== 3 || !parts.every((part) => /^[A-Za-z0-9_-]+$/.test(part))) return fail('not-a-token')
  if (!parts.every(isCanonical)) return fail('not-canonical')
  const header = headerIn(text)
  if (!header) return fail('header-invalid')
  const { alg, typ: type, kid, ...more } = header
  if (alg !== 'RS256' && alg !== 'EdDSA') return fail('algorithm-refused')
  if (type !== typ) return fail('wrong-type')
  if (typeof kid !== 'string' || kid === '' || Object.keys(more).length > 0) return fail('header-invalid')
  if (keys.length === 0) return fail('no-keys')
  const key = keys.find((candidate) => candidate.kid === kid)
  if (!key) return fail('unknown-key')
  if (algorithmOf(key) !== alg) return fail('algorithm-refused')
  try {
    const { payload } = await compactVerify(text, await importJWK(key, alg), { algorithms: [alg] })
    return { ok: true, payload: contentOf(payload) }
  } catch {
    return fail('signature-wrong')
  }
}

function contentOf(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(payload))
  } catch {
    return undefined
  }
}
