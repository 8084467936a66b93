import { z } from 'zod'
import { type NoticeName, noticeNames, toldFactors } from '../ui/messages/areas/notices.ts'

/** What the link behind "this was not me" carries, sealed: its page says it again. */
export const toldShape = z.object({
  what: z.enum(noticeNames),
  at: z.string().transform((text) => new Date(text)),
  device: z.string().optional(),
  place: z.string().optional(),
  /** Which way to sign in, where it is about one that was added; of those of which there is one at most, the kind alone. */
  factor: z.enum(toldFactors).optional(),
  factorId: z.string().optional(),
  /** Which key, where it is about one. */
  key: z.string().optional(),
  hint: z.string().optional(),
  organisation: z.string().optional(),
})
export type ToldOf = z.output<typeof toldShape>

type Since = 'then' | 'the-sign-in-began'

/** What came since then is taken for a thief's; of those that are not here, nothing. Whoever signed in there may have added one on the way. */
const suspect: Partial<Record<NoticeName, Since>> = {
  'new-device': 'the-sign-in-began',
  'backup-code-used': 'the-sign-in-began',
  'password-changed': 'then',
  'email-changed': 'then',
  'factor-added': 'then',
  'factor-removed': 'then',
}

/** Whether ways to sign in go, once the owner says that it was somebody else. */
export const takesFactors = ({ what }: Pick<ToldOf, 'what'>): boolean => suspect[what] !== undefined

/** From when on. `signInLasts`: milliseconds that one may take. */
export function suspectSince({ what, at }: Pick<ToldOf, 'what' | 'at'>, signInLasts: number): Date | undefined {
  const since = suspect[what]
  return since && new Date(at.getTime() - (since === 'then' ? 0 : signInLasts))
}

/** Whenever it was added: the one that was told of; and whoever has used one backup code has the sheet that it stood on. */
export const suspectFactor = ({ what, factor, factorId: id }: Pick<ToldOf, 'what' | 'factor' | 'factorId'>) =>
  what === 'backup-code-used' ? ({ kind: 'backup-code' } as const) : factor && { kind: factor, id }

export const NOT_ME_PATH = '/link/not-me'
export const LOCKED_PATH = '/link/not-me/done'
export const withToken = (token: string): `/${string}` => `${NOT_ME_PATH}?token=${encodeURIComponent(token)}`
