import { z } from 'zod'
import { noticeNames } from '../ui/messages/areas/notices.ts'

/** What the link behind "this was not me" carries, sealed: its page says it again. */
export const toldShape = z.object({
  what: z.enum(noticeNames),
  at: z.string().transform((text) => new Date(text)),
  device: z.string().optional(),
  place: z.string().optional(),
  /** Which key, where it is about one. */
  key: z.string().optional(),
  hint: z.string().optional(),
  organisation: z.string().optional(),
})
export type ToldOf = z.output<typeof toldShape>

export const NOT_ME_PATH = '/link/not-me'
export const LOCKED_PATH = '/link/not-me/done'
export const withToken = (token: string): `/${string}` => `${NOT_ME_PATH}?token=${encodeURIComponent(token)}`
