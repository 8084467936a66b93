import { verify as verifySignature } from 'node:crypto'
import type { z } from 'zod'
import { fromBase64url } from '../../lib/base64url.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import { type Head, headerOf } from './claims.ts'
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
  kind: Kind<Shape>,
): Result<z.output<Shape>, Unreadable> {
  const parts = takeApart(text, kind.mostBytes)
  if (!parts.ok) return parts
  const { header, payload, signature, signed } = parts.value
  const head = headIn(header, kind.typ)
  if (!head.ok) return head
  if (keys.size === 0) return fail('no-keys')
  const key = keys.get(head.value.kid)
  if (!key) return fail('unknown-key')
  // The key decides how it is used (RFC 8725 §3.1): a public key is no HMAC secret, and a header cannot make it one.
  if (key.algorithm !== head.value.alg) return fail('algorithm-refused')
  if (!isSignedBy(key, signed, signature)) return fail('signature-wrong')
  return shaped(payload, kind.shape)
}

/** What a text says, whoever signed it: for one that was verified before, and for whoever asks what a file claims. */
export function contentOf<Shape extends z.ZodType>(
  text: string,
  { typ, mostBytes, shape }: Kind<Shape>,
): Result<z.output<Shape>, Unreadable> {
  const parts = takeApart(text, mostBytes)
  if (!parts.ok) return parts
  const head = headIn(parts.value.header, typ)
  return head.ok ? shaped(parts.value.payload, shape) : head
}

function shaped<Shape extends z.ZodType>(payload: unknown, shape: Shape): Result<z.output<Shape>, 'content-invalid'> {
  const content = shape.safeParse(payload)
  return content.success ? ok(content.data) : fail('content-invalid')
}

export function headIn(header: unknown, typ: string): Result<Head, Unreadable> {
  const head = headerOf(typ).safeParse(header)
  return head.success ? ok(head.data) : fail(faultOfHeader(head.error))
}

function faultOfHeader({ issues }: z.ZodError): Unreadable {
  const at = (name: string) => issues.some(({ path }) => path[0] === name)
  if (at('alg')) return 'algorithm-refused'
  return at('typ') ? 'wrong-type' : 'header-invalid'
}

const isSignedBy = ({ algorithm, publicKey }: VendorKey, signed: Buffer, signature: Buffer): boolean =>
  verifySignature(algorithm === 'RS256' ? 'RSA-SHA256' : null, signed, publicKey, signature)
