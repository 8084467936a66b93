import { z } from 'zod'

const seconds = z.number().int().positive()

/**
 * What an organisation asks of whoever acts for it. It is judged whenever a token for it is issued, by `judge`. A field
 * that is absent asks for nothing.
 */
export const policyShape = z
  .strictObject({
    /** `required`: two factors; `phishing-resistant`: a passkey. */
    mfa: z.enum(['off', 'optional', 'required', 'phishing-resistant']).optional(),
    /** Which second factors count, by their names; absent: all that the instance lets count. */
    factors: z.array(z.string()).readonly().optional(),
    /** In which a member without a second factor may put off the one that is asked for; absent: none. */
    grace: seconds.optional(),
    /** Whoever signed in longer ago signs in again before they get a token for the organisation. */
    sessionMaxAge: seconds.optional(),
    /** CIDR ranges, IPv4 or IPv6; empty or absent: from anywhere. */
    ipRanges: z.array(z.string()).readonly().optional(),
    /** `verified-domains`: only whoever has a proven address in one of its proven domains may join. */
    membersFrom: z.enum(['anywhere', 'verified-domains']).optional(),
  })
  .readonly()
export type Policy = z.infer<typeof policyShape>

export const noPolicy: Policy = {}
