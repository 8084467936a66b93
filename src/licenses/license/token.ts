import { verify as verifySignature } from 'node:crypto'
import type { z } from 'zod'
import { fromBase64url } from '../../lib/base64url.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import { headerOf } from './claims.ts'
import type { TrustedKeys, VendorKey } from './keys.ts'

/** Why a text is not a licence that anybody here can vouch for. */
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

interface Kind<Shape extends z.ZodType> {
  readonly typ: string
  readonly mostBytes: number
  readonly shape: Shape
}

interface Parts {
  readonly header: unknown
  readonly payload: unknown
  readonly signature: Buffer
  readonly signed: Buffer
}

const json = (bytes: Buffer): unknown => {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}

/** RFC 7515 §7.1, one spelling only: the spare bits of a part's last character are zero, or two texts were one licence. */
export function takeApart(text: string, mostBytes: number): Result<Parts, Unreadable> {
  if (text.length > mostBytes) return fail('too-large')
  const parts = text.split('.')
  const [first = '', second = '', third = ''] = parts
  if (parts.length !== 3 || !parts.every((part) => /^[A-Za-z0-9_-]+$/.test(part))) return fail('not-a-token')
  const [header, payload, signature] = [first, second, third].map(fromBase64url)
  if (!header || !payload || !signature) return fail('not-canonical')
  return ok({ header: json(header), payload: json(payload), signature, signed: Buffer.from(`${first}.${second}`) })
}

/** Of a text that was signed by one of our keys, what it says. Nothing of it is believed before its signature is. */
export function openSigned<Shape extends z.ZodType>(
  text: string,
  keys: TrustedKeys,
  { typ, mostBytes, shape }: Kind<Shape>,
): Result<z.output<Shape>, Unreadable> {
  const parts = takeApart(text, mostBytes)
  if (!parts.ok) return parts
  const { header, payload, signature, signed } = parts.value
  const head = headerOf(typ).safeParse(header)
  if (!head.success) return fail(faultOfHeader(head.error))
  if (keys.size === 0) return fail('no-keys')
  const key = keys.get(head.data.kid)
  if (!key) return fail('unknown-key')
  // The key decides how it is used (RFC 8725 §3.1): a public key is no HMAC secret, and a header cannot make it one.
  if (key.algorithm !== head.data.alg) return fail('algorithm-refused')
  if (!isSignedBy(key, signed, signature)) return fail('signature-wrong')
  const content = shape.safeParse(payload)
  return content.success ? ok(content.data) : fail('content-invalid')
}

function faultOfHeader({ issues }: z.ZodError): Unreadable {
  const at = (name: string) => issues.some(({ path }) => path[0] === name)
  if (at('alg')) return 'algorithm-refused'
  return at('typ') ? 'wrong-type' : 'header-invalid'
}

const isSignedBy = ({ algorithm, publicKey }: VendorKey, signed: Buffer, signature: Buffer): boolean =>
  verifySignature(algorithm === 'RS256' ? 'RSA-SHA256' : null, signed, publicKey, signature)
