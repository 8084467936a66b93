import { type Context, Hono } from 'hono'
import { AppError } from '../errors/app-error.ts'
import type { HttpEnv } from '../http/env.ts'
import { allowFormTo } from '../http/headers/content-security-policy.ts'
import type { Notes } from '../http/input/notes.ts'
import { readForm } from '../http/input/read.ts'
import type { Clock } from '../lib/clock.ts'
import { answerGone } from './answer-gone.tsx'
import { answerPage, wordsOf } from './answer-page.ts'
import { choosingOrganisation } from './choose-organisation.tsx'
import { emptyForm } from './forms.ts'
import type { StepName } from './machine/steps.ts'
import { notedNewPassword, notedSignIn } from './notes.ts'
import { ConsentPage } from './pages/consent.tsx'
import type { BrowserCookie, Interactions, Organisations, PendingInteraction, Users } from './ports.ts'
import type { SignIn } from './service.ts'
import { showNewPassword, takeNewPassword } from './take-new-password.tsx'
import { filledBy, showSignIn, takeSignIn } from './take-sign-in.tsx'

interface LoginRoutesDeps {
  readonly interactions: Interactions
  readonly signIn: SignIn<StepName>
  readonly users: Pick<Users, 'find'>
  readonly organisations: Organisations
  readonly browserCookie: BrowserCookie
  readonly notes: Notes
  /** Whether people may make an account for themselves. */
  readonly mayRegister: boolean
  readonly issuerUrl: string
  readonly clock: Clock
}

type Handle = (c: Context<HttpEnv>, pending: PendingInteraction) => Promise<Response>

const base = ({ uid }: PendingInteraction): `/${string}` => `/login/${uid}`

export function loginRoutes(deps: LoginRoutesDeps): Hono<HttpEnv> {
  const { interactions, signIn, users, organisations, browserCookie, notes, mayRegister, issuerUrl, clock } = deps
  const page = showSignIn(mayRegister)
  const gone = answerGone({ interactions, issuerUrl })
  const choice = choosingOrganisation({ interactions, users, organisations, gone })

  /** The engine says whether the address belongs to this browser; the address must be the one that it spoke of. */
  const forPending = (handle: Handle) => async (c: Context<HttpEnv>) => {
    const pending = await interactions.find(c)
    if (!pending || pending.uid !== c.req.param('uid')) return gone(c)
    try {
      return await handle(c, pending)
    } catch (error) {
      if (error instanceof AppError && error.code === 'interaction-gone') return gone(c)
      throw error
    }
  }

  const show: Handle = async (c, pending) => {
    if (pending.prompt === 'consent') return showConsent(c, pending)
    if (pending.prompt === 'organisation') return choice.show(c, pending)
    return showStep[await signIn.stepOf(pending)](c, pending)
  }

  const showFirst: Handle = async (c, pending) => {
    const note = await notes.take(c, notedSignIn(pending))
    return answerPage(c, page(c, pending, note && filledBy(note, clock.now())))
  }

  /** A page for every step: the compiler asks for it. */
  const showStep: Record<StepName, Handle> = {
    identify: showFirst,
    'first-factor': showFirst,
    'new-password': async (c, pending) => {
      const person = await signIn.whoRenews(pending)
      if (!person) return showFirst(c, pending)
      const note = await notes.take(c, notedNewPassword(pending))
      return answerPage(c, showNewPassword(c, pending, { person, minimum: signIn.minLength, ...note }))
    },
  }

  const showConsent: Handle = async (c, pending) => {
    const { client, scopes, resource, sessionUser } = pending
    const person = sessionUser && (await users.find(sessionUser))
    if (person?.status !== 'active') return gone(c)
    allowFormTo(c, pending.redirectUri)
    return answerPage(
      c,
      <ConsentPage
        t={wordsOf(c, pending.uiLocales)}
        action={`${base(pending)}/consent`}
        cancel={`${base(pending)}/abort`}
        client={client}
        account={person.email}
        scopes={scopes}
        resource={resource}
      />,
    )
  }

  /** A form for another page than the one that is due changes nothing and leads to that one. */
  const only =
    (prompt: PendingInteraction['prompt'], handle: Handle): Handle =>
    async (c, pending) =>
      pending.prompt === prompt ? handle(c, pending) : c.redirect(base(pending), 303)

  const post = (handle: Handle) =>
    forPending(async (c, pending) => {
      c.env.exchange.languages.remember(c)
      return handle(c, pending)
    })

  const consented: Handle = async (c, { sessionUser }) => {
    await readForm(c, emptyForm)
    const person = sessionUser && (await users.find(sessionUser))
    return person?.status === 'active' ? interactions.consented(c) : gone(c)
  }

  const aborted: Handle = async (c) => {
    await readForm(c, emptyForm)
    return interactions.aborted(c, 'access_denied')
  }

  return new Hono<HttpEnv>()
    .get('/login/:uid', forPending(show))
    .get('/login/:uid/consent', forPending(show))
    .get('/login/:uid/organisation', forPending(show))
    .get('/login/:uid/password', forPending(show))
    .post(
      '/login/:uid',
      post(only('login', takeSignIn({ interactions, signIn, browserCookie, notes, gone, page, clock }))),
    )
    .post('/login/:uid/password', post(only('login', takeNewPassword({ interactions, signIn, browserCookie, notes }))))
    .post('/login/:uid/consent', post(only('consent', consented)))
    .post('/login/:uid/organisation', post(only('organisation', choice.take)))
    .post('/login/:uid/abort', post(aborted))
}
