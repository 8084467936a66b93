import { z } from 'zod'
import { pauseNote } from '../guard/lockout/pause-note.ts'
import { type NotedForm, typedText } from '../http/input/notes.ts'
import { newPasswordNote } from '../ui/new-password-problem.ts'

const signInNote = z.object({
  email: typedText,
  problem: z.enum(['mismatch']).optional(),
  /** That the very try has begun. */
  pause: pauseNote.optional(),
  missing: z.array(z.enum(['email', 'password'])).optional(),
})
export type SignInNote = z.infer<typeof signInNote>

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
