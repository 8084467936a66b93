import type { Context } from 'hono'
import type { Pause } from '../guard/lockout/lockout.ts'
import type { HttpEnv } from '../http/env.ts'
import type { Secret } from '../lib/secret.ts'
import type { Guard, Passwords, RecordRefusal } from './ports.ts'
import type { Visit } from './viewer.ts'

export type PasswordVerdict =
  | { readonly kind: 'match' }
  /** With the pause that this try began. */
  | { readonly kind: 'mismatch'; readonly pause: Pause | undefined }
  | Pause

/** Whether whoever sits at a browser that is signed in knows the password too. */
export type AskPassword = (c: Context<HttpEnv>, visit: Visit, password: Secret<string>) => Promise<PasswordVerdict>

interface AskDeps {
  readonly passwords: Pick<Passwords, 'verify'>
  readonly guard: Guard
  readonly recordRefusal: RecordRefusal
}

/** A stolen session must not become a place to guess: wrong answers count like those of a sign-in, and right ones reset nothing. */
export const askPassword =
  ({ passwords, guard: { lockout, browserCookie, emailKey }, recordRefusal }: AskDeps): AskPassword =>
  async (c, { user, by }, password) => {
    const begun = await lockout.begin({
      pool: 'password',
      email: emailKey(user.email),
      user: user.id,
      browser: browserCookie.of(c),
    })
    if (begun.kind !== 'go') return begun
    // Nobody was judged: a server that is busy, or broken, counts no failures.
    const verdict = await passwords.verify(user.id, password).catch(async (error: unknown) => {
      await lockout.giveBack(begun.ticket)
      throw error
    })
    if (verdict === 'mismatch') {
      const pause = await lockout.failed(by, begun.ticket, user.id)
      await recordRefusal(by, { action: 'step_up.failed', target: user.id, after: { public: { factor: 'password' } } })
      return { kind: verdict, pause }
    }
    await lockout.giveBack(begun.ticket)
    return { kind: verdict }
  }
