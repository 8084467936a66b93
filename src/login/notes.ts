import { z } from 'zod'
import { secondFactors } from '../factors/factor.ts'
import { pauseNote } from '../guard/lockout/pause-note.ts'
import { type NotedForm, typedText } from '../http/input/notes.ts'
import { newPasswordNote } from '../ui/new-password-problem.ts'
import { passkeyTroubles } from './pages/passkey-problem.ts'

const passkeyNote = z.object({ why: z.enum(passkeyTroubles), credentialId: z.string().optional() })

const signInNote = z.object({
  email: typedText,
  problem: z.enum(['mismatch', 'over-tries', 'over-time']).optional(),
  /** Why a passkey did not sign anybody in. */
  passkey: passkeyNote.optional(),
  /** That the very try has begun. */
  pause: pauseNote.optional(),
  missing: z.array(z.enum(['email', 'password'])).optional(),
})
export type SignInNote = z.infer<typeof signInNote>

/** Of a step behind the first form: what was wrong about the last try. */
const stepNote = z.object({
  code: z.enum(['missing', 'mismatch']).optional(),
  triesLeft: z.number().int().optional(),
  pause: pauseNote.optional(),
  /** Which way the page showed. */
  way: z.enum(secondFactors).optional(),
  passkey: passkeyNote.optional(),
  totp: z
    .object({ name: z.enum(['name-missing', 'name-invalid']).optional(), whole: z.enum(['too-many']).optional() })
    .optional(),
  typed: typedText.optional(),
})
export type StepNote = z.infer<typeof stepNote>

interface Attempt {
  readonly uid: string
}

export const notedSignIn = ({ uid }: Attempt): NotedForm<typeof signInNote> => ({
  shape: signInNote,
  path: `/login/${uid}`,
  about: uid,
})

export const notedNewPassword = ({ uid }: Attempt): NotedForm<typeof newPasswordNote> => ({
  shape: newPasswordNote,
  path: `/login/${uid}`,
  about: `${uid} password`,
})

export const notedStep = ({ uid }: Attempt): NotedForm<typeof stepNote> => ({
  shape: stepNote,
  path: `/login/${uid}`,
  about: `${uid} step`,
})
