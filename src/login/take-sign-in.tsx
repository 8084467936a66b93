import type { Context } from 'hono'
import { AppError } from '../errors/app-error.ts'
import { prefersPage } from '../http/answer/prefers-page.ts'
import type { HttpEnv } from '../http/env.ts'
import { allowFormTo } from '../http/headers/content-security-policy.ts'
import { readForm } from '../http/input/read.ts'
import { Secret } from '../lib/secret.ts'
import type { AnswerGone } from './answer-gone.tsx'
import { answerPage, wordsOf } from './answer-page.ts'
import { signInForm } from './forms.ts'
import type { StepName } from './machine/steps.ts'
import type { Note, Notes } from './notes.ts'
import { SignInPage, type SignInProblem } from './pages/sign-in.tsx'
import type { Interactions, PendingInteraction } from './ports.ts'
import type { SignIn } from './service.ts'

interface Filled {
  readonly email?: string | undefined
  readonly problem?: SignInProblem | undefined
  readonly missing?: readonly ('email' | 'password')[]
}

/** A page for every step: the compiler asks for it. One form holds the first two, as password managers expect. */
const pages = { identify: SignInPage, 'first-factor': SignInPage } satisfies Record<StepName, unknown>

export function stepPage(c: Context<HttpEnv>, pending: PendingInteraction, step: StepName, filled: Filled = {}) {
  const Page = pages[step]
  allowFormTo(c, pending.redirectUri)
  return (
    <Page
      t={wordsOf(c, pending.uiLocales)}
      action={`/login/${pending.uid}`}
      cancel={`/login/${pending.uid}/abort`}
      client={pending.client}
      email={pending.loginHint}
      {...filled}
    />
  )
}

interface TakeDeps {
  readonly interactions: Pick<Interactions, 'signedIn'>
  readonly signIn: SignIn<StepName>
  readonly notes: Pick<Notes, 'leave'>
  readonly gone: AnswerGone
}

/**
 * The first form. Whatever was wrong about it, the address stays in its field and the password does not. A browser is sent
 * on to the page that says so: answered in place, the way back would ask to send the password again.
 */
export const takeSignIn =
  ({ interactions, signIn, notes, gone }: TakeDeps) =>
  async (c: Context<HttpEnv>, pending: PendingInteraction): Promise<Response> => {
    const { email, password } = await readForm(c, signInForm)
    const { exchange } = c.env
    const inPlace = (filled: Filled) => stepPage(c, pending, 'identify', { email, ...filled })
    const again = async (wrong: Partial<Pick<Note, 'problem' | 'missing'>>, status: 401 | 422) => {
      if (!prefersPage(exchange.header('accept'))) return answerPage(c, inPlace(wrong), status)
      await notes.leave(c, pending, { email, ...wrong })
      return c.redirect(`/login/${pending.uid}`, 303)
    }
    const missing = [...(email.trim() ? [] : (['email'] as const)), ...(password ? [] : (['password'] as const))]
    if (missing.length > 0) return again({ missing }, 422)

    const where = { ip: exchange.clientIp, requestId: exchange.requestId, userAgent: exchange.header('user-agent') }
    try {
      const outcome = await signIn.withPassword(pending, { email, password: new Secret(password) }, where)
      switch (outcome.kind) {
        case 'done':
          return await interactions.signedIn(c, outcome.signedIn)
        case 'refused':
          return await again({ problem: 'mismatch' }, 401)
        case 'taken':
          return await gone(c, pending)
        case 'waiting':
          return c.redirect(`/login/${pending.uid}`, 303)
      }
    } catch (error) {
      if (!(error instanceof AppError && error.code === 'busy')) throw error
      if (error.retryAfter !== undefined) c.header('Retry-After', String(Math.ceil(error.retryAfter)))
      return answerPage(c, inPlace({ problem: 'busy' }), 503)
    }
  }
