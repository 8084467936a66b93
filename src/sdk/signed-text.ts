import { calculateJwkThumbprint, compactVerify, decodeProtectedHeader, importJWK, type JWK } from 'jose'

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

const SHORTEST_RSA_BYTES = 256

/** The key says how it is used; the header is only asked whether it agrees (RFC 8725 §3.1). */
function algorithmOf({ kty, crv, n = '' }: JWK): 'RS256' | 'EdDSA' | undefined {
  if (kty === 'OKP' && crv === 'Ed25519') return 'EdDSA'
  return kty === 'RSA' && Buffer.from(n, 'base64url').length >= SHORTEST_RSA_BYTES ? 'RS256' : undefined
}

/**
 * By its thumbprint (RFC 7638), whatever the file calls it: no file can give one key another's name. A file with a key
 * that is none of ours is the wrong file, and whoever ships it should learn of that before a customer does.
 */
async function keyNamed(kid: string, keys: readonly JWK[]): Promise<JWK | undefined> {
  let named: JWK | undefined
  for (const key of keys) {
    if (key.d !== undefined || key.k !== undefined)
      throw new Error('the keys hold a private one: only public ones belong here')
    if (!algorithmOf(key)) throw new Error('a key cannot be used: RSA of at least 2048 bits and Ed25519 are taken')
    const bare = bareOf(key)
    if ((await calculateJwkThumbprint(bare)) === kid) named = bare
  }
  return named
}

const bareOf = ({ kty, crv = '', e = '', n = '', x = '' }: JWK): JWK =>
  kty === 'RSA' ? { kty, e, n } : { kty: 'OKP', crv, x }

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
  if (typeof kid !== 'string' || !/^[\w-]{1,200}$/.test(kid) || Object.keys(more).length > 0)
    return fail('header-invalid')
  if (keys.length === 0) return fail('no-keys')
  const key = await keyNamed(kid, keys)
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
