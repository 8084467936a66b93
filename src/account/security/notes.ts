import { z } from 'zod'
import { pauseNote } from '../../guard/lockout/pause-note.ts'
import { type NotedForm, typedText } from '../../http/input/notes.ts'
import { paths } from '../paths.ts'
import type { Visit } from '../viewer.ts'
import type { What } from './what.ts'

const code = z.object({ code: z.enum(['missing', 'mismatch']).optional(), pause: pauseNote.optional() })
const nameProblem = z.enum(['missing', 'invalid']).optional()

const appNote = code.extend({ name: typedText, nameProblem, tooMany: z.literal(true).optional() })
export type AppNote = z.infer<typeof appNote>

export type CodeNote = z.infer<typeof code>

const renameNote = z.object({ name: typedText, problem: nameProblem })
export type RenameNote = z.infer<typeof renameNote>

const passkeyNote = z.object({ name: typedText, problem: z.enum(['name', 'known', 'too-many', 'failed']) })
export type PasskeyNote = z.infer<typeof passkeyNote>

/** Whoever signs in next in this browser is told nothing of it. */
const noted = <S extends z.ZodType>(shape: S, path: `/${string}`, about: string): NotedForm<S> => ({
  shape,
  path,
  about,
})

export const notedApp = ({ viewer }: Visit) => noted(appNote, paths.addApp, viewer.session)
export const notedEmailCode = ({ viewer }: Visit) => noted(code, paths.addEmailCode, viewer.session)
export const notedMailbox = ({ viewer }: Visit) => noted(code, paths.mailbox, viewer.session)
export const notedPasskey = ({ viewer }: Visit) => noted(passkeyNote, paths.addPasskey, viewer.session)
export const notedRename = ({ viewer }: Visit, what: What) =>
  noted(renameNote, paths.renameFactor, `${viewer.session} ${what}`)
