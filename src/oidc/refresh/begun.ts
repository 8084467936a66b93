import { z } from 'zod'
import type { Begun } from './lifetimes.ts'

/** As the engine has it in a refresh token: seconds. */
const kept = z.object({
  iiat: z.number(),
  authTime: z.number().optional(),
  expiresWithSession: z.boolean().optional(),
})

/** `authTime` is when the session began, as the token says it. */
export function begunOf(token: unknown): Begun {
  const { iiat, authTime = iiat, expiresWithSession = false } = kept.parse(token)
  return { at: new Date(iiat * 1000), session: expiresWithSession ? new Date(authTime * 1000) : undefined }
}
