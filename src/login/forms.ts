import { z } from 'zod'
import { defineId } from '../lib/ids.ts'

/** Strict: a field that is not of this form is refused, whatever it hopes to set. An empty one is answered beside it. */
export const signInForm = z.strictObject({ email: z.string().default(''), password: z.string().default('') })

export const newPasswordForm = z.strictObject({ password: z.string().default('') })

const orgId = defineId('org')

export const organisationForm = z.strictObject({ organisation: orgId.schema.optional().catch(undefined) })

/** A button is all there is to it. */
export const emptyForm = z.strictObject({})
