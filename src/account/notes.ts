import { z } from 'zod'
import { pauseNote } from '../guard/lockout/pause-note.ts'
import { type NotedForm, typedText } from '../http/input/notes.ts'
import { newPasswordNote } from '../ui/new-password-problem.ts'
import { paths } from './paths.ts'
import type { Visit } from './viewer.ts'

const current = z.object({ current: z.enum(['missing', 'mismatch']).optional(), pause: pauseNote.optional() })

const passwordNote = current.extend(newPasswordNote.shape)
export type PasswordNote = z.infer<typeof passwordNote>

const emailNote = current.extend({
  typed: typedText,
  email: z.enum(['missing', 'invalid', 'same']).optional(),
})
export type EmailNote = z.infer<typeof emailNote>

/** Whoever signs in next in this browser is told nothing of it. */
export const notedPassword = ({ viewer }: Visit): NotedForm<typeof passwordNote> => ({
  shape: passwordNote,
  path: paths.password,
  about: viewer.session,
})

export const notedEmail = ({ viewer }: Visit): NotedForm<typeof emailNote> => ({
  shape: emailNote,
  path: paths.email,
  about: viewer.session,
})
