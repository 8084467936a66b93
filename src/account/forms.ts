import { z } from 'zod'
import { sessionId } from '../sessions/session.ts'
import { doneThings } from './pages/overview.tsx'

const field = z.string().default('')

/** Strict: a field that is not of this form is refused, whatever it hopes to set (threat 24). */
export const passwordForm = z.strictObject({ 'current-password': field, password: field })
export const emailForm = z.strictObject({ email: field, 'current-password': field })
export const sessionForm = z.strictObject({ session: sessionId.schema })
/** A button is all there is to it. */
export const emptyForm = z.strictObject({})

/** A link may carry anything; what is not ours says nothing. */
export const doneThing = z.enum(doneThings).optional().catch(undefined)
