import { type Context, Hono } from 'hono'
import { AppError } from '../errors/app-error.ts'
import type { HttpEnv } from '../http/env.ts'
import { allowFormTo } from '../http/headers/content-security-policy.ts'
import type { Notes } from '../http/input/notes.ts'
import { readForm } from '../http/input/read.ts'
import type { Clock } from '../lib/clock.ts'
import { answerGone } from './answer-gone.tsx'
import { answerPage, wordsOf } from './answer-page.ts'
import type { Attempt } from './attempts/attempt.ts'
import { type OverBy, overBy } from './attempts/challenge.ts'
import { choosingOrganisation } from './choose-organisation.tsx'
import { emptyForm } from './forms.ts'
import { notedNewPassword, notedSignIn, notedStep } from './notes.ts'
import { ConsentPage } from './pages/consent.tsx'
import { DevicePage } from './pages/device.tsx'
import type { Interactions, Organisations, PendingInteraction, Users } from './ports.ts'
import type { SignIn } from './service.ts'
import { showingSteps, toldBy } from './steps/show.tsx'
import { forms, takingSteps } from './steps/take.tsx'
import { showNewPassword, takeNewPassword } from './take-new-password.tsx'
import { filledBy, showSignIn, takeSignIn } from './take-sign-in.tsx'
import type { BrowserCookies } from './where.ts'

interface LoginRoutesDeps {
  readonly interactions: Interactions
  readonly signIn: SignIn
  readonly users: Pick<Users, 'find'>
  readonly organisations: Organisations
  readonly cookies: BrowserCookies
  /** Milliseconds that a browser may be trusted for; 0 where none is. */
  readonly trustLasts: number
  readonly signalUnknown: (credentialId: string) => { readonly rpId: string; readonly credentialId: string }
  /** Whether a passkey may stand alone. */
  readonly mayUsePasskeys: boolean
  readonly notes: Notes
  /** Whether people may make an account for themselves. */
  readonly mayRegister: boolean
  readonly issuerUrl: string
  readonly clock: Clock
}

/** `ahead`: what was asked for in the same breath as the interaction. */
type Handle<Ahead = undefined> = (c: Context<HttpEnv>, pending: PendingInteraction, ahead: Ahead) => Promise<Response>

const base = ({ uid }: PendingInteraction): `/${string}` => `/login/${uid}`

export function loginRoutes(deps: LoginRoutesDeps): Hono<HttpEnv> {
  const { interactions, signIn, users, organisations, cookies, notes, issuerUrl, clock } = deps
  const page = showSignIn(deps)
  const gone = answerGone({ interactions, issuerUrl })
  const choice = choosingOrganisation({ interactions, users, organisations, gone })
  const showStep = showingSteps({
    signIn,
    trustLasts: deps.trustLasts,
    host: new URL(issuerUrl).host,
    ...cookies,
    clock,
  })
  const takeStep = takingSteps({ interactions, signIn, cookies, notes, gone, showStep, clock })

  /** The engine says whether the address belongs to this browser; the address must be the one that it spoke of. */
  const forPendingAnd =
    <Ahead,>(ask: (c: Context<HttpEnv>) => Promise<Ahead>, handle: Handle<Promise<Ahead>>) =>
    async (c: Context<HttpEnv>) => {
      const asked = ask(c)
      // Where the address is nobody's, nobody hears of it.
      asked.catch(() => {})
      const pending = await interactions.find(c)
      if (!pending || pending.uid !== c.req.param('uid')) return gone(c)
      try {
        return await handle(c, pending, asked)
      } catch (error) {
        if (error instanceof AppError && error.code === 'interaction-gone') return gone(c)
        throw error
      }
    }
  const forPending = (handle: Handle) =>
    forPendingAnd(
      async () => undefined,
      (c, pending) => handle(c, pending, undefined),
    )
  const attemptIn = (c: Context<HttpEnv>) => signIn.attemptAt(c.req.param('uid') ?? '')

  const show: Handle<Promise<Attempt | undefined>> = async (c, pending, asked) => {
    if (pending.prompt === 'consent') return showConsent(c, pending)
    if (pending.prompt === 'organisation') return choice.show(c, pending)
    const standing = await signIn.standingOf(pending, asked)
    const { state, isOver, attempt } = standing
    const step = state.kind === 'waiting' && !attempt?.session ? state.step : 'identify'
    if (isOver || step === 'identify' || step === 'first-factor' || c.req.query('as') === 'other')
      return showFirst(c, pending, isOver ? overBy(attempt?.challenge) : undefined)
    if (step === 'new-password') return showRenewal(c, pending)
    const note = await notes.take(c, notedStep(pending))
    const told = note ? toldBy(note, clock.now()) : {}
    return answerPage(c, await showStep({ c, pending, standing, told }, step))
  }

  const showFirst = async (c: Context<HttpEnv>, pending: PendingInteraction, over?: OverBy): Promise<Response> => {
    const note = await notes.take(c, notedSignIn(pending))
    const filled = note ? filledBy(note, clock.now()) : over ? ({ problem: `over-${over}` } as const) : undefined
    return answerPage(c, page(c, pending, { ...(await knownAddress(c, pending)), ...filled }))
  }

  /** Whoever is signed in here and proves it once more need not type who they are. */
  const knownAddress = async (c: Context<HttpEnv>, { stepUp, sessionUser }: PendingInteraction) => {
    const person = stepUp && sessionUser && c.req.query('as') !== 'other' ? await users.find(sessionUser) : undefined
    return person && { email: person.email }
  }

  const showRenewal = async (c: Context<HttpEnv>, pending: PendingInteraction) => {
    const renewing = await signIn.whoRenews(pending)
    if (!renewing) return showFirst(c, pending)
    const note = await notes.take(c, notedNewPassword(pending))
    return answerPage(c, showNewPassword(c, pending, { ...renewing, ...note }))
  }

  const showConsent = async (c: Context<HttpEnv>, pending: PendingInteraction) => {
    const { client, consent, sessionUser } = pending
    const person = sessionUser && (await users.find(sessionUser))
    if (person?.status !== 'active' || !consent) return gone(c)
    allowFormTo(c, pending.redirectUri)
    const { device } = pending
    if (device) {
      const t = wordsOf(c, pending.uiLocales)
      const to = { action: `${base(pending)}/consent`, cancel: `${base(pending)}/abort` } as const
      return answerPage(
        c,
        <DevicePage t={t} {...to} client={client} account={person.email} device={device} question={consent} />,
      )
    }
    return answerPage(
      c,
      <ConsentPage
        t={wordsOf(c, pending.uiLocales)}
        action={`${base(pending)}/consent`}
        cancel={`${base(pending)}/abort`}
        client={client}
        account={person.email}
        question={consent}
      />,
    )
  }

  /** A form for another page than the one that is due changes nothing and leads to that one. */
  const only =
    <Ahead,>(prompt: PendingInteraction['prompt'], handle: Handle<Ahead>): Handle<Ahead> =>
    async (c, pending, ahead) =>
      pending.prompt === prompt ? handle(c, pending, ahead) : c.redirect(base(pending), 303)

  const inItsLanguage =
    <Ahead,>(handle: Handle<Ahead>): Handle<Ahead> =>
    async (c, pending, ahead) => {
      c.env.exchange.languages.remember(c)
      return handle(c, pending, ahead)
    }
  const post = (handle: Handle) => forPending(inItsLanguage(handle))
  const first = takeSignIn({ interactions, signIn, cookies, notes, gone, page, clock })

  const consented: Handle = async (c, { sessionUser }) => {
    await readForm(c, emptyForm)
    const person = sessionUser && (await users.find(sessionUser))
    return person?.status === 'active' ? interactions.consented(c) : gone(c)
  }

  const aborted: Handle = async (c) => {
    await readForm(c, emptyForm)
    return interactions.aborted(c, 'access_denied')
  }

  const routes = new Hono<HttpEnv>()
    .get('/login/:uid', forPendingAnd(attemptIn, show))
    .get('/login/:uid/consent', forPendingAnd(attemptIn, show))
    .get('/login/:uid/organisation', forPendingAnd(attemptIn, show))
    .get('/login/:uid/password', forPendingAnd(attemptIn, show))
    .post('/login/:uid', forPendingAnd(first.read, inItsLanguage(only('login', first.take))))
    .post('/login/:uid/password', post(only('login', takeNewPassword({ interactions, signIn, cookies, notes }))))
    .post('/login/:uid/consent', post(only('consent', consented)))
    .post('/login/:uid/organisation', post(only('organisation', choice.take)))
    .post('/login/:uid/abort', post(aborted))
  for (const form of forms) routes.post(`/login/:uid/${form}`, post(only('login', takeStep[form])))
  return routes
}
