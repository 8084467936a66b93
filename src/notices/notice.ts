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

const NOW = 0
/** Longer than a sign-in may take: whoever signed in there may have added one on the way. */
const A_SIGN_IN_MS = 3_600_000

/** What came how long before the letter, or since, is taken for a thief's; of those that are not here, nothing. */
const suspect: Partial<Record<NoticeName, number>> = {
  'new-device': A_SIGN_IN_MS,
  'backup-code-used': A_SIGN_IN_MS,
  'password-changed': NOW,
  'email-changed': NOW,
  'factor-added': NOW,
  'factor-removed': NOW,
}

/** From when on ways to sign in go, once the owner says that it was somebody else. */
export function suspectSince({ what, at }: Pick<ToldOf, 'what' | 'at'>): Date | undefined {
  const before = suspect[what]
  return before === undefined ? undefined : new Date(at.getTime() - before)
}

export const NOT_ME_PATH = '/link/not-me'
export const LOCKED_PATH = '/link/not-me/done'
export const withToken = (token: string): `/${string}` => `${NOT_ME_PATH}?token=${encodeURIComponent(token)}`
