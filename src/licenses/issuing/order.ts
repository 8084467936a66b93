import { z } from 'zod'
import { fail, ok, type Result } from '../../lib/result.ts'
import { type License, licenseClaims, licenseId } from '../license/claims.ts'

const { iss, sub, product, edition, features, limits, grace_days, licensee } = licenseClaims.shape

/** Signed by the longest key, and written in base64url, it is still no longer than what is parsed (16 KB). */
const MOST_BYTES = 11_500

const DAY = /^\d{4}-\d{2}-\d{2}$/

/** A day begins at midnight UTC; a time says its zone. */
const moment = z
  .string()
  .regex(/^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2}))?$/, 'is no date like 2027-01-31')
  .transform((text, context): number => {
    const date = new Date(text)
    // 2027-02-31 would become a day in March.
    const isReal = !Number.isNaN(date.getTime()) && (!DAY.test(text) || date.toISOString().startsWith(text))
    if (!isReal) context.addIssue('is no date like 2027-01-31')
    return Math.floor(date.getTime() / 1000)
  })

/** An instance is known by its origin, in one spelling. */
const origin = z
  .string()
  .max(200)
  .refine((text) => /^https?:\/\//.test(text) && URL.canParse(text), 'is no address like https://id.example.com')
  .transform((text) => new URL(text).origin)

/** What a vendor writes: in flags, in a YAML file, in the columns of a CSV file. */
const order = z
  .strictObject({
    issuer: iss,
    subject: sub,
    product,
    edition,
    features,
    limits,
    instance: z.array(origin).min(1).max(20).optional(),
    notBefore: moment.optional(),
    expires: moment.optional(),
    validDays: z.int().min(1).max(36_525).optional(),
    graceDays: grace_days,
    licensee: licensee.shape.name,
    email: licensee.shape.email,
  })
  .refine(({ expires, validDays }) => (expires === undefined) !== (validDays === undefined), {
    path: ['expires'],
    error: 'say either until when, or for how many days (validDays)',
  })

export const orderFields = Object.keys(order.shape)

export type OrderDraft = Readonly<Record<string, unknown>>

export interface OrderProblem {
  readonly field: string
  readonly reason: string
}

/** All that is wrong at once. */
export function planLicense(draft: OrderDraft, now: Date): Result<License, readonly OrderProblem[]> {
  const read = order.safeParse(draft)
  if (!read.success) return fail(read.error.issues.map(problemOf))
  const { issuer, subject, notBefore, expires, validDays, graceDays, licensee: name, email, ...same } = read.data
  const iat = Math.floor(now.getTime() / 1000)
  const nbf = notBefore ?? iat
  const exp = expires ?? nbf + (validDays ?? 0) * 86_400
  const { instance, ...others } = same
  const claims = licenseClaims.safeParse({
    iss: issuer,
    sub: subject,
    jti: licenseId.generate(),
    iat,
    nbf,
    exp,
    ...others,
    ...(instance && { instance }),
    grace_days: graceDays,
    licensee: { name, ...(email !== undefined && { email }) },
  })
  if (!claims.success) return fail([{ field: 'expires', reason: 'lies before the licence begins' }])
  if (exp <= iat) return fail([{ field: 'expires', reason: 'lies in the past' }])
  const size = Buffer.byteLength(JSON.stringify(claims.data))
  if (size > MOST_BYTES)
    return fail([
      {
        field: 'features',
        reason: `and all the rest make a text of ${size} bytes, and ${MOST_BYTES} at the most are read`,
      },
    ])
  return ok(claims.data)
}

const problemOf = ({ path, message, code }: z.core.$ZodIssue): OrderProblem => ({
  field: path.length > 0 ? path.join('.') : 'fields',
  reason: code === 'invalid_format' && message.startsWith('Invalid string') ? 'is not written as expected' : message,
})
