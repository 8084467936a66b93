import { type Context, Hono } from 'hono'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { z } from 'zod'
import { asBusy } from '../../http/answer/busy.ts'
import { defineCookie } from '../../http/cookies.ts'
import type { HttpEnv } from '../../http/env.ts'
import type { Exchange } from '../../http/exchange.ts'
import { readForm } from '../../http/input/read.ts'
import { languageOf } from '../../http/language.ts'
import { limitsOn } from '../../http/limits/limited.ts'
import type { Id } from '../../lib/ids.ts'
import { Secret } from '../../lib/secret.ts'
import type { NewAccountProblems } from '../../ui/new-account-form.tsx'
import { renderPage } from '../../ui/render.ts'
import { strengthOf } from '../../ui/strength.ts'
import { INVITE_PATH } from './invitation.ts'
import type { OpenInvitation } from './open.ts'
import { AlreadyPage, DeadPage, DonePage } from './pages/answers.tsx'
import { AcceptPage, OtherPersonPage, UnverifiedPage } from './pages/signed-in.tsx'
import { NewPersonPage, SignInFirstPage } from './pages/strangers.tsx'
import type { Invitations } from './service.ts'

interface Viewer {
  readonly id: Id<'usr'>
  readonly email: string
  readonly emailVerified: boolean
}

interface InvitationRoutesDeps<By> {
  readonly invitations: Pick<Invitations<By>, 'minLength' | 'look' | 'isFor' | 'accept' | 'acceptAsNew'>
  readonly issuerUrl: string
  /** Who is signed in in this browser. */
  readonly viewerOf: (c: Context<HttpEnv>) => Promise<Viewer | undefined>
  /** To the sign-in, and back to the invitation. */
  readonly signIn: (c: Context<HttpEnv>, returnTo: typeof INVITE_PATH, email: string) => Promise<Response>
  readonly strangerAt: (exchange: Exchange) => By
  readonly personAt: (exchange: Exchange, id: Id<'usr'>) => By
}

const emptyForm = z.strictObject({})
const field = z.string().default('')
/** Strict: a field that is not of this form is refused, whatever it hopes to set (threat 24). */
const newPersonForm = z.strictObject({ name: field, password: field })
type Sent = z.infer<typeof newPersonForm>

type Status = 200 | 403 | 409 | 410 | 422 | 429 | 503
const page = (c: Context<HttpEnv>, content: JSX.Element, status: Status = 200) => c.html(renderPage(content), status)

const paths = {
  show: INVITE_PATH,
  accept: `${INVITE_PATH}/accept`,
  create: `${INVITE_PATH}/create`,
  signIn: `${INVITE_PATH}/sign-in`,
  done: `${INVITE_PATH}/done`,
} as const

const HOUR_SECONDS = 3600
const MINUTES_SECONDS = 600

export function invitationRoutes<By>(deps: InvitationRoutesDeps<By>): Hono<HttpEnv> {
  const { invitations, issuerUrl, viewerOf, signIn, strangerAt, personAt } = deps
  const minimum = invitations.minLength
  /** The token waits in the browser while its owner signs in: a sign-in's state would be kept, and a credential must not be. */
  const waiting = defineCookie(issuerUrl, { name: 'invite', path: '/', maxAge: HOUR_SECONDS })
  /** What the next page names: in an address anybody could make us say anything. */
  const joined = defineCookie(issuerUrl, { name: 'joined', path: '/', maxAge: MINUTES_SECONDS })
  const tokenOf = (c: Context<HttpEnv>) => c.req.query('token') ?? ''
  const actionTo = (path: `/${string}`, token: string): `/${string}` => `${path}?token=${encodeURIComponent(token)}`
  const dead = (c: Context<HttpEnv>) => page(c, <DeadPage t={languageOf(c)} />, 410)

  const newPersonPage = (
    c: Context<HttpEnv>,
    { token, invitation }: { readonly token: string; readonly invitation: OpenInvitation },
    sent?: Sent,
    problems: NewAccountProblems = {},
  ) => (
    <NewPersonPage
      t={languageOf(c)}
      invitation={invitation}
      action={actionTo(paths.create, token)}
      minimum={minimum}
      name={sent?.name}
      problems={problems}
      strength={
        sent?.password ? strengthOf(sent.password, { minimum, words: [invitation.email, sent.name] }) : undefined
      }
    />
  )

  /** Which way there is to go on, for whoever sits at this browser. */
  async function wayOn(c: Context<HttpEnv>, token: string, invitation: OpenInvitation, status: 200 | 403 | 409 = 200) {
    const t = languageOf(c)
    const viewer = await viewerOf(c)
    if (!viewer)
      return invitation.hasAccount
        ? page(c, <SignInFirstPage t={t} invitation={invitation} action={actionTo(paths.signIn, token)} />, status)
        : page(c, newPersonPage(c, { token, invitation }), status)
    switch (invitations.isFor(invitation, viewer)) {
      case 'theirs': {
        const action = actionTo(paths.accept, token)
        return page(c, <AcceptPage t={t} invitation={invitation} action={action} account={viewer.email} />, status)
      }
      case 'unverified':
        return page(c, <UnverifiedPage t={t} invitation={invitation} />, status)
      case 'other':
        return page(c, <OtherPersonPage t={t} invitation={invitation} account={viewer.email} />, status)
    }
  }

  async function accept(c: Context<HttpEnv>): Promise<Response> {
    await readForm(c, emptyForm)
    const [token, viewer] = [tokenOf(c), await viewerOf(c)]
    const invitation = await invitations.look(token)
    if (!invitation) return dead(c)
    if (!viewer) return wayOn(c, token, invitation, 403)
    const done = await invitations.accept(personAt(c.env.exchange, viewer.id), token, viewer.id)
    if (done.ok) {
      waiting.clear(c)
      return c.redirect(languageOf(c).carry('/account/organisations?done=joined'), 303)
    }
    switch (done.error) {
      case 'dead':
        return dead(c)
      case 'already-member':
        return page(c, <AlreadyPage t={languageOf(c)} organisation={invitation.organisation.name} />, 409)
      case 'other-person':
      case 'unverified':
        return wayOn(c, token, invitation, 403)
    }
  }

  async function create(c: Context<HttpEnv>): Promise<Response> {
    const token = tokenOf(c)
    const sent = await readForm(c, newPersonForm)
    const t = languageOf(c)
    const chosen = { name: sent.name, password: new Secret(sent.password), locale: t.language.tag }
    const done = await invitations.acceptAsNew(strangerAt(c.env.exchange), token, chosen).catch(asBusy)
    // Post, redirect, get: the link is used up, and the page after it can be reloaded.
    if ('ok' in done && done.ok) {
      joined.write(c, done.value.organisation.name)
      return c.redirect(t.carry(paths.done), 303)
    }
    const invitation = await invitations.look(token)
    if (!invitation) return dead(c)
    if ('retryAfter' in done) {
      // Nothing is used up by a server that has no time: the link is as good as before.
      c.header('Retry-After', String(done.retryAfter))
      return page(c, newPersonPage(c, { token, invitation }, sent, { busy: true }), 503)
    }
    if (done.error === 'dead') return dead(c)
    if (done.error === 'has-account') return wayOn(c, token, invitation, 409)
    if (done.error.reason === 'limited') {
      const { verdict } = done.error
      limitsOn(c, verdict)
      return page(c, newPersonPage(c, { token, invitation }, sent, { waitSeconds: verdict.retryAfterSeconds }), 429)
    }
    return page(c, newPersonPage(c, { token, invitation }, sent, done.error.problems), 422)
  }

  return new Hono<HttpEnv>()
    .get(paths.show, async (c) => {
      const token = c.req.query('token') ?? waiting.read(c) ?? ''
      const invitation = await invitations.look(token)
      return invitation ? wayOn(c, token, invitation) : dead(c)
    })
    .post(paths.signIn, async (c) => {
      await readForm(c, emptyForm)
      // What was chosen on this page is remembered: the sign-in leads back without it.
      languageOf(c)
      const token = tokenOf(c)
      const invitation = await invitations.look(token)
      if (!invitation) return dead(c)
      waiting.write(c, token)
      return signIn(c, INVITE_PATH, invitation.email)
    })
    .post(paths.accept, accept)
    .post(paths.create, create)
    .get(paths.done, (c) => page(c, <DonePage t={languageOf(c)} organisation={joined.read(c)} />))
}
