import { z } from 'zod'
import type { PasswordRefusal } from './ports.ts'

/**
 * What the link carries, sealed: the address that it was sent to, which it proves; none where the operator of the host
 * handed it over. And the sign-in that somebody left to come here.
 */
export const claimShape = z.object({
  email: z.string().optional(),
  back: z.string().optional(),
  /** Nothing else that they could prove is left either: the operator's way in is the last one. */
  factors: z.literal('taken-away').optional(),
})
export type Claim = z.infer<typeof claimShape>

export type PasswordProblem = { readonly reason: 'missing' } | PasswordRefusal

export const ASK_PATH = '/recover'
export const PASSWORD_PATH = '/recover/password'
export const DONE_PATH = '/recover/done'
export const withToken = (token: string): `/${string}` => `${PASSWORD_PATH}?token=${encodeURIComponent(token)}`
