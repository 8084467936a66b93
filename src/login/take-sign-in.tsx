import type { Context } from 'hono'
import { notedPause, pauseLeft } from '../guard/lockout/pause-note.ts'
import { asBusy } from '../http/answer/busy.ts'
import type { HttpEnv } from '../http/env.ts'
import { allowFormTo } from '../http/headers/content-security-policy.ts'
import type { Notes } from '../http/input/notes.ts'
import { readForm } from '../http/input/read.ts'
import { keepWayBack } from '../http/input/way-back.ts'
import { limitsOn } from '../http/limits/limited.ts'
import type { Clock } from '../lib/clock.ts'
import { Secret } from '../lib/secret.ts'
import type { HeldBack } from './admit.ts'
import type { AnswerGone } from './answer-gone.tsx'
import { answerPage, wordsOf } from './answer-page.ts'
import { signInForm } from './forms.ts'
import { notedSignIn, type SignInNote } from './notes.ts'
import type { PasskeyTrouble } from './pages/passkey-problem.ts'
import { SignInPage, type SignInPause, type SignInProblem } from './pages/sign-in.tsx'
import type { Interactions, PendingInteraction } from './ports.ts'
import type { SignIn } from './service.ts'
import { type BrowserCookies, leave, whereOf } from './where.ts'

export interface Filled {
  readonly email?: string | undefined
  readonly problem?: SignInProblem | undefined
  /** That the very try has begun. */
  readonly pause?: SignInPause | undefined
  readonly missing?: readonly ('email' | 'password')[] | undefined
  readonly passkey?: PasskeyTrouble | undefined
}

export const filledBy = ({ pause, ...rest }: SignInNote, now: Date): Filled => ({
  ...rest,
  pause: pauseLeft(pause, now),
})

export type ShowSignIn = (
  c: Context<HttpEnv>,
  pending: PendingInteraction,
  filled?: Filled,
) => ReturnType<typeof SignInPage>

interface Ways {
  /** What the browser is told of a passkey that nobody knows. */
  readonly signalUnknown: (credentialId: string) => { readonly rpId: string; readonly credentialId: string }
  readonly mayRegister: boolean
  readonly mayUsePasskeys: boolean
}

/** One form holds the first two steps, as password managers expect. */
export const showSignIn =
  ({ mayRegister, mayUsePasskeys, signalUnknown }: Ways): ShowSignIn =>
  (c, pending, filled = {}) => {
    allowFormTo(c, pending.redirectUri)
    return (
      <SignInPage
        t={wordsOf(c, pending.uiLocales)}
        action={`/login/${pending.uid}`}
        base={`/login/${pending.uid}`}
        passkeys={mayUsePasskeys}
        cancel={`/login/${pending.uid}/abort`}
        client={pending.client}
        stepUp={pending.stepUp}
        recover={keepWayBack('/recover', pending.uid)}
        register={mayRegister ? keepWayBack('/register', pending.uid) : undefined}
        email={pending.loginHint}
        {...filled}
        unknown={unknownIn(filled, signalUnknown)}
      />
    )
  }

const unknownIn = ({ passkey }: Filled, signal: Ways['signalUnknown']) =>
  passkey?.why === 'unknown-passkey' && passkey.credentialId !== undefined ? signal(passkey.credentialId) : undefined

interface TakeDeps {
  readonly interactions: Pick<Interactions, 'signedIn'>
  readonly signIn: SignIn
  readonly cookies: BrowserCookies
  readonly notes: Pick<Notes, 'answer'>
  readonly gone: AnswerGone
  readonly page: ShowSignIn
  readonly clock: Clock
}

/**
 * The first form. Whatever was wrong about it, the address stays in its field and the password does not. A browser is sent
 * on to the page that says so: answered in place, the way back would ask to send the password again.
 */
export function takeSignIn({ interactions, signIn, cookies, notes, gone, page, clock }: TakeDeps) {
  /** What it will be judged by is looked up beside the interaction. */
  const read = async (c: Context<HttpEnv>) => {
    const form = await readForm(c, signInForm)
    const where = whereOf(c, cookies)
    if (!form.email.trim() || !form.password) return { ...form, where, ahead: undefined }
    const asked = { uid: c.req.param('uid') ?? '', email: form.email, browser: where.browser }
    const ahead = Promise.try(() => signIn.lookAhead(asked))
    ahead.catch(() => {})
    return { ...form, where, ahead }
  }

  const take = async (
    c: Context<HttpEnv>,
    pending: PendingInteraction,
    given: ReturnType<typeof read>,
  ): Promise<Response> => {
    const { email, password, capable, where, ahead } = await given
    const inPlace = (filled: Filled) => page(c, pending, { email, ...filled })
    const again = (wrong: Omit<SignInNote, 'email'>, status: 401 | 422) => {
      const note = { email, ...wrong }
      const told = () => {
        const filled = filledBy(note, clock.now())
        if (filled.pause?.kind === 'locked') c.header('Retry-After', String(filled.pause.seconds))
        return answerPage(c, inPlace(filled), status)
      }
      return notes.answer(c, notedSignIn(pending), { note, to: `/login/${pending.uid}`, inPlace: told })
    }
    const missing = [...(email.trim() ? [] : (['email'] as const)), ...(password ? [] : (['password'] as const))]
    if (missing.length > 0 || !ahead) return again({ missing }, 422)

    /** In place, and with its status: whoever is told to wait has nothing to go back to. */
    const heldBack = (held: HeldBack) => {
      if (held.kind === 'off') return answerPage(c, inPlace({ problem: held }), 403)
      const seconds = held.kind === 'limited' ? held.verdict.retryAfterSeconds : secondsUntil(held.until, clock.now())
      if (held.kind === 'limited') limitsOn(c, held.verdict)
      else c.header('Retry-After', String(seconds))
      return answerPage(c, inPlace({ problem: { kind: held.kind, seconds } }), 429)
    }

    const outcome = await signIn
      .withPassword(
        pending,
        {
          email,
          password: new Secret(password),
          isCapable: capable === 'yes' && !cookies.laterCookie.isKept(c),
          ahead,
        },
        where,
      )
      .catch(asBusy)
    if ('retryAfter' in outcome) {
      c.header('Retry-After', String(outcome.retryAfter))
      return answerPage(c, inPlace({ problem: 'busy' }), 503)
    }
    switch (outcome.kind) {
      case 'done':
        return leave(c, { interactions, cookies }, outcome)
      case 'refused':
        return again({ problem: 'mismatch', pause: notedPause(outcome.pause) }, 401)
      case 'taken':
        return gone(c, pending)
      case 'waiting':
        return c.redirect(`/login/${pending.uid}`, 303)
      case 'limited':
      case 'locked':
      case 'off':
        return heldBack(outcome)
    }
  }
  return { read, take }
}

const secondsUntil = (then: Date, now: Date): number => Math.max(1, Math.ceil((then.getTime() - now.getTime()) / 1000))
