import type { Context } from 'hono'
import type { Pause } from '../../guard/lockout/lockout.ts'
import type { HttpEnv } from '../../http/env.ts'
import type { Guard } from '../ports.ts'
import type { Visit } from '../viewer.ts'

/** Nothing was judged: too many were, lately. */
export interface Limited {
  readonly kind: 'limited'
  readonly seconds: number
}

export type Judged<T> =
  /** With the pause that a wrong code began. */
  { readonly kind: 'judged'; readonly result: T; readonly pause: Pause | undefined } | Limited | Pause

/** `isWrong`: whether what came of it was a guess that failed. */
export type JudgeCode = <T>(
  c: Context<HttpEnv>,
  visit: Visit,
  judge: () => Promise<T>,
  isWrong: (result: T) => boolean,
) => Promise<Judged<T>>

/**
 * A stolen session must not become a place to guess codes at: what is wrong here counts with those of the sign-in, by
 * account and wherever it comes from (threat 14).
 */
export const judgingCodes =
  ({ lockout, limits, browserCookie, emailKey }: Guard): JudgeCode =>
  async (c, { user, by }, judge, isWrong) => {
    const taken = await limits.take('secondFactor', { account: user.id, ...(by.ip !== undefined && { ip: by.ip }) })
    if (!taken.ok) return { kind: 'limited', seconds: taken.retryAfterSeconds }
    const begun = await lockout.begin({
      pool: 'second-factor',
      email: emailKey(user.email),
      user: user.id,
      browser: browserCookie.of(c),
    })
    if (begun.kind !== 'go') return begun
    // Nobody was judged by a server that broke down: that counts no failure.
    const result = await judge().catch(async (error: unknown) => {
      await lockout.giveBack(begun.ticket)
      throw error
    })
    if (isWrong(result)) return { kind: 'judged', result, pause: await lockout.failed(by, begun.ticket, user.id) }
    await lockout.giveBack(begun.ticket)
    return { kind: 'judged', result, pause: undefined }
  }
