import { z } from 'zod'

/** What is told to whoever it happened to, whether or not they did it themselves. */
export const whats = [
  'new-device',
  'password-changed',
  'email-changed',
  'factor-added',
  'factor-removed',
  'account-locked',
  'tokens-replayed',
] as const
export type What = (typeof whats)[number]

/** What the link behind "this was not me" carries, sealed: its page says it again. */
export const toldShape = z.object({
  what: z.enum(whats),
  at: z.string().transform((text) => new Date(text)),
  device: z.string().optional(),
  place: z.string().optional(),
})
export type ToldOf = z.output<typeof toldShape>

export const NOT_ME_PATH = '/link/not-me'
export const LOCKED_PATH = '/link/not-me/done'
export const withToken = (token: string): `/${string}` => `${NOT_ME_PATH}?token=${encodeURIComponent(token)}`
