import { z } from 'zod'
import { defineId, type Id } from '../../lib/ids.ts'

export const licenseId = defineId('lic')
export type LicenseId = Id<'lic'>

/** RFC 7519 §5.1, RFC 8725 §3.11: a licence is never taken for an access token, nor the other way round. */
export const LICENSE_TYPE = 'license+jwt'
export const REVOCATIONS_TYPE = 'license-revocations+jwt'

export const ALGORITHMS = ['RS256', 'EdDSA'] as const
export type LicenseAlgorithm = (typeof ALGORITHMS)[number]

/**
 * Strict: a licence names its key, and nothing that says where a key is to be had (`jku`, `jwk`, `x5u`) or that must be
 * understood (`crit`) has a place here.
 */
export const headerOf = <const T extends string>(typ: T) =>
  z.strictObject({ alg: z.enum(ALGORITHMS), typ: z.literal(typ), kid: z.string().regex(/^[\w-]{1,200}$/) })
export type Head = z.output<ReturnType<typeof headerOf>>

/** The same without \p and look-ahead, which the validators of many languages read otherwise or not at all. */
const HIDDEN = '\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069'
const portable = { pattern: `^[^${HIDDEN}]*[^${HIDDEN}\\s][^${HIDDEN}]*$`, minLength: 1, maxLength: 200 }
/** Shown to people, in a terminal too: one line, no control character, nothing that turns the text around. */
const line = z
  .string()
  .regex(/^(?=.*\S)[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]{1,200}$/u)
  .meta(portable)
const mailbox = z
  .string()
  .max(254)
  .regex(/^[!-?A-~]+@[!-?A-~]+$/)
/** Shown in a terminal as well: what is parsed as a URL may hold control characters. */
const address = z
  .string()
  .max(200)
  .regex(/^https?:\/\/[!-~]+$/)
const name = z.string().regex(/^[a-zA-Z][a-zA-Z0-9._-]{0,63}$/)
/** Seconds; the year 9999 is what a date can show. */
const second = z.int().min(0).max(253_402_300_799)

/** What stands in a licence. What else its vendor wrote into it is let be, and means nothing here. */
export const licenseClaims = z
  .object({
    iss: line.describe('The vendor, as the vendor names itself.'),
    sub: line.describe("The vendor's own name for the customer."),
    jti: z
      .string()
      .regex(/^lic_[0-9a-f]{12}7[0-9a-f]{3}[89ab][0-9a-f]{15}$/)
      .refine(licenseId.is)
      .describe('The name of this licence: what the register and a revocation mean it by.'),
    iat: second.describe('When it was signed.'),
    nbf: second.describe('From when it is good.'),
    exp: second.describe('Until when it is good, the days of grace not counted.'),
    product: name.describe('For which product.'),
    edition: name.describe('Which edition of it.'),
    features: z.array(name).max(200).default([]).describe('What may be used beyond the edition, by name.'),
    limits: z
      .record(name, z.int().min(0))
      .refine((limits) => Object.keys(limits).length <= 50)
      .meta({ maxProperties: 50 })
      .default({})
      .describe(
        'How many there may be. Hearthkey judges users, organisations and clients; what is not named is not limited.',
      ),
    instance: z
      .array(address)
      .min(1)
      .max(20)
      .optional()
      .describe('The issuer addresses of the instances that it is for. Left out: any instance.'),
    grace_days: z
      .int()
      .min(0)
      .max(365)
      .default(0)
      .describe('Days after `exp` during which everything goes on, with a warning.'),
    licensee: z.object({ name: line, email: mailbox.optional() }).describe('Who it was given to.'),
  })
  .refine(({ nbf, exp }) => nbf < exp)

export type License = z.output<typeof licenseClaims>

/** Seconds since 1970 as a date. */
export const dateOf = (seconds: number): Date => new Date(seconds * 1000)

/** Not before it was signed either: a clock that says so is wrong. */
export const beginsAt = ({ nbf, iat }: Pick<License, 'nbf' | 'iat'>): Date => dateOf(Math.max(nbf, iat))

const DAY = 24 * 3600

export const graceEndsAt = ({ exp, grace_days }: Pick<License, 'exp' | 'grace_days'>): Date =>
  dateOf(exp + grace_days * DAY)
