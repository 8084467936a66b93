import type { Context } from 'hono'
import { asBusy } from '../http/answer/busy.ts'
import type { HttpEnv } from '../http/env.ts'
import { allowFormTo } from '../http/headers/content-security-policy.ts'
import type { Notes } from '../http/input/notes.ts'
import { readForm } from '../http/input/read.ts'
import { limitsOn } from '../http/limits/limited.ts'
import { Secret } from '../lib/secret.ts'
import type { NewPasswordProblem } from '../ui/new-password-problem.ts'
import { strengthIn } from '../ui/strength.ts'
import { answerPage, wordsOf } from './answer-page.ts'
import { newPasswordForm } from './forms.ts'
import { notedNewPassword } from './notes.ts'
import { NewPasswordPage, type NewPasswordPageProps } from './pages/new-password.tsx'
import type { Interactions, PendingInteraction, Person } from './ports.ts'
import type { SignIn } from './service.ts'
import { type BrowserCookies, leave, whereOf } from './where.ts'

interface TakeDeps {
  readonly interactions: Pick<Interactions, 'signedIn'>
  readonly signIn: SignIn
  readonly cookies: BrowserCookies
  readonly notes: Pick<Notes, 'answer'>
}

type Shown = Pick<NewPasswordPageProps, 'problem' | 'busy' | 'waitSeconds' | 'strength'>

export const showNewPassword = (
  c: Context<HttpEnv>,
  pending: PendingInteraction,
  { person, minimum, ...shown }: { readonly person: Person; readonly minimum: number } & Shown,
) => {
  allowFormTo(c, pending.redirectUri)
  return (
    <NewPasswordPage
      t={wordsOf(c, pending.uiLocales)}
      action={`/login/${pending.uid}/password`}
      cancel={`/login/${pending.uid}/abort`}
      client={pending.client}
      person={person}
      minimum={minimum}
      {...shown}
    />
  )
}

export const takeNewPassword =
  ({ interactions, signIn, cookies, notes }: TakeDeps) =>
  async (c: Context<HttpEnv>, pending: PendingInteraction): Promise<Response> => {
    const { password } = await readForm(c, newPasswordForm)
    const renewing = await signIn.whoRenews(pending)
    const elsewhere = () => c.redirect(`/login/${pending.uid}`, 303)
    if (!renewing) return elsewhere()
    const { person, minimum } = renewing
    const strength = strengthIn(password, { minimum, words: [person.email, person.name] })
    const again = (shown: Shown, status: 422 | 429 | 503) =>
      answerPage(c, showNewPassword(c, pending, { person, minimum, strength, ...shown }), status)
    const unfit = (problem: NewPasswordProblem) =>
      notes.answer(c, notedNewPassword(pending), {
        note: { problem, strength },
        to: `/login/${pending.uid}`,
        inPlace: () => again({ problem }, 422),
      })
    if (password === '') return unfit({ reason: 'missing' })

    const where = whereOf(c, cookies)
    const outcome = await signIn.withNewPassword(pending, new Secret(password), where).catch(asBusy)
    if ('retryAfter' in outcome) {
      c.header('Retry-After', String(outcome.retryAfter))
      return again({ busy: true }, 503)
    }
    switch (outcome.kind) {
      case 'done':
        return leave(c, { interactions, cookies }, outcome)
      case 'unfit':
        return unfit(outcome.problem)
      case 'limited':
        limitsOn(c, outcome.verdict)
        return again({ waitSeconds: outcome.verdict.retryAfterSeconds }, 429)
      case 'waiting':
        return elsewhere()
    }
  }
