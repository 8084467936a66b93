import { z } from 'zod'
import { defineId } from '../lib/ids.ts'

/** Strict: a field that is not of this form is refused, whatever it hopes to set. An empty one is answered beside it. */
export const signInForm = z.strictObject({
  email: z.string().default(''),
  password: z.string().default(''),
  /** A script of ours says so where the browser can keep a passkey. */
  capable: z.enum(['', 'yes']).default(''),
})

const ticked = z
  .literal('on')
  .optional()
  .transform((value) => value !== undefined)

export const codeForm = z.strictObject({
  factor: z.enum(['totp', 'email-code', 'backup-code']),
  code: z.string().default(''),
  trust: ticked,
})

export const mailboxForm = z.strictObject({ code: z.string().default('') })

/** What the browser made of the ceremony, as JSON. */
export const passkeyForm = z.strictObject({ credential: z.string().default(''), trust: ticked })

export const newPasskeyForm = z.strictObject({ credential: z.string().default(''), name: z.string().default('') })

export const newTotpForm = z.strictObject({ code: z.string().default(''), name: z.string().default('') })

export const newPasswordForm = z.strictObject({ password: z.string().default('') })

const orgId = defineId('org')

export const organisationForm = z.strictObject({ organisation: orgId.schema.optional().catch(undefined) })

/** A button is all there is to it. */
export const emptyForm = z.strictObject({})
