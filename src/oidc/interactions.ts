import type { Context } from 'hono'
import type { Interaction, InteractionResult, Provider } from 'oidc-provider'
import type { Db, Tx } from '../db/types.ts'
import { AppError } from '../errors/app-error.ts'
import type { HttpEnv } from '../http/env.ts'
import type { Exchange } from '../http/exchange.ts'
import { defineId, type Id } from '../lib/ids.ts'
import { mustBeAsKnown } from './clients/as-known.ts'
import type { Client } from './clients/client.ts'
import { askedBy } from './consent/asked.ts'
import type { AskConsent } from './consent/question.ts'
import { pendingDevice } from './device/pending-device.ts'
import type { Engines } from './engine/engines.ts'
import { addTo } from './grants.ts'
import type { Known } from './known.ts'
import { nodeSideOf } from './node-side.ts'
import { CHOOSE_ORGANISATION } from './organisations/prompts.ts'
import { type PendingInteraction, pendingOf, type SignedIn } from './pending.ts'
import type { Organisations, OwnConsents } from './ports.ts'
import { byIn } from './unit/by.ts'
import { Unit } from './unit/unit.ts'
import { committing, within } from './unit/units.ts'

const userId = defineId('usr')
const sessionId = defineId('ses')

export interface Interactions {
  find(c: Context<HttpEnv>): Promise<PendingInteraction | undefined>
  /** Whether the one in the address waits for some browser, whichever. */
  isOpen(c: Context<HttpEnv>): Promise<boolean>
  signedIn(c: Context<HttpEnv>, result: SignedIn): Promise<Response>
  consented(c: Context<HttpEnv>): Promise<Response>
  /** For whom the person works here. Whether they do is judged anew, now and when a token is issued. */
  chosen(c: Context<HttpEnv>, organisation: Id<'org'>): Promise<Response>
  aborted(c: Context<HttpEnv>, reason: 'access_denied'): Promise<Response>
}

interface InteractionsDeps {
  readonly db: Db
  readonly engines: Engines
  readonly clients: Known<Client>
  readonly consents: Pick<OwnConsents, 'give'>
  readonly askConsent: AskConsent
  readonly organisations: Pick<Organisations, 'toChoose' | 'remember'>
}

interface Held {
  readonly provider: Provider
  readonly interaction: Interaction
  readonly client: Client
}

/** The way between the engine and the hosted pages. */
export function createInteractions(deps: InteractionsDeps): Interactions {
  const { db, engines, clients, consents, askConsent, organisations } = deps
  /** The engine finds it by its signed cookie; the address must name the same one (another browser has no such cookie). */
  const hold = async (c: Context<HttpEnv>): Promise<Held | undefined> => {
    const { incoming, outgoing } = nodeSideOf(c)
    const { provider } = await engines.current()
    const interaction = await provider.interactionDetails(incoming, outgoing).catch(gone)
    if (!interaction || interaction.uid !== uidIn(c)) return undefined
    const client = await clients.find(String(interaction.params['client_id']))
    return client && !client.disabledAt ? { provider, interaction, client } : undefined
  }

  /** Of one request: what the page was found by is what its form answers. */
  const looked = new WeakMap<Exchange, Unit>()

  /** The one in which the interaction began; undefined once it has ended anywhere. */
  const liveSession = async (c: Context<HttpEnv>, { provider, interaction }: Held): Promise<Id<'ses'> | undefined> => {
    if (interaction.session?.accountId === undefined) return undefined
    const { incoming, outgoing } = nodeSideOf(c)
    const { accountId, uid, hearthkeySession: session } = await provider.Session.get({ req: incoming, res: outgoing })
    const isTheSame = accountId === interaction.session.accountId && uid === interaction.session.uid
    return isTheSame && session !== undefined && sessionId.is(session) ? session : undefined
  }

  const holding = <T>(c: Context<HttpEnv>, work: (held: Held, unit: Unit) => Promise<T>): Promise<T> => {
    const { exchange } = c.env
    const unit = new Unit(db, exchange, { before: looked.get(exchange) })
    return committing(unit, async () => {
      const held = await hold(c)
      if (!held) throw new AppError('interaction-gone')
      return work(held, unit)
    })
  }

  /** `fresh`: what was submitted before does not count. */
  const finish = async (c: Context<HttpEnv>, { provider }: Held, result: InteractionResult, fresh = false) => {
    const { incoming, outgoing } = nodeSideOf(c)
    const returnTo = await provider.interactionResult(incoming, outgoing, result, { mergeWithLastSubmission: !fresh })
    return c.redirect(returnTo, 303)
  }

  /**
   * Nothing is looked up for it, for it holds a connection already: what this page was found by is what its form answers, and
   * whether that still is so is said by the change itself (`replaceArtifact`) and judged anew on the way back.
   */
  const answering =
    (exchange: Exchange, { interaction }: Held, before: Unit) =>
    async (tx: Tx, result: SignedIn) => {
      const unit = new Unit(db, exchange, { before })
      interaction.result = { ...interaction.lastSubmission, login: loginOf(result) }
      await within(unit, () => interaction.persist())
      await unit.writeIn(tx)
      return interaction.returnTo
    }

  return {
    find: (c) => {
      const unit = new Unit(db, c.env.exchange)
      looked.set(c.env.exchange, unit)
      return committing(unit, async () => {
        const held = await hold(c)
        if (!held) return undefined
        const [live, device] = await Promise.all([liveSession(c, held), pendingDevice(held.provider, held.interaction)])
        // What was asked for on the device has ended there, or somebody else has answered it.
        if (device === 'gone') return undefined
        const pending = pendingOf(held.interaction, held.client, { live, device })
        if (pending?.prompt === 'login') return { ...pending, answer: answering(c.env.exchange, held, unit) }
        const user = pending?.sessionUser
        if (pending?.prompt !== 'consent' || user === undefined) return pending
        return { ...pending, consent: await askConsent({ ...held, user, grant: await grantOf(held, user) }) }
      })
    },
    isOpen: (c) =>
      committing(new Unit(db, c.env.exchange), async () => {
        const { provider } = await engines.current()
        return (await provider.Interaction.find(uidIn(c) ?? '')) !== undefined
      }),
    signedIn: (c, result) =>
      holding(c, (held) => {
        // To answer another question with a sign-in would leave out what was asked.
        if (held.interaction.prompt.name !== 'login') throw new AppError('interaction-gone')
        return finish(c, held, { login: loginOf(result) })
      }),
    consented: (c) =>
      holding(c, async (held, unit) => {
        const { provider, interaction, client } = held
        const accountId = interaction.session?.accountId
        if (interaction.prompt.name !== 'consent' || !accountId || !userId.is(accountId))
          throw new AppError('interaction-gone')
        // What they agree to ends with the session in which they do: in one that has ended, nobody agrees to anything.
        const session = await liveSession(c, held)
        if (session === undefined) throw new AppError('interaction-gone')
        unit.agreedIn = session
        const found = await grantOf(held, accountId)
        const agreed = askedBy(interaction, found)
        const grant = found ?? new provider.Grant({ clientId: client.id, accountId })
        addTo(grant, agreed)
        const by = byIn(unit, { kind: 'person', id: accountId }, session)
        mustBeAsKnown(unit, client)
        // A device is asked about whosever the application is; one of ours needs nobody's consent. In front of the grant, as
        // whoever withdraws it goes: or the two would wait for one another.
        if (!client.firstParty)
          unit.write((tx) => consents.give(tx, by, { user: accountId, clientId: client.id, agreed, grant: grantId }))
        const grantId = await grant.save()
        return finish(c, held, { consent: { grantId } })
      }),
    chosen: (c, organisation) =>
      holding(c, async (held, unit) => {
        const user = held.interaction.session?.accountId
        if (held.interaction.prompt.name !== CHOOSE_ORGANISATION || !user || !userId.is(user))
          throw new AppError('interaction-gone')
        const theirs = await organisations.toChoose(db, user)
        if (!theirs.some(({ id }) => id === organisation)) throw new AppError('interaction-gone')
        unit.write((tx) => organisations.remember(tx, user, held.client.id, organisation))
        return finish(c, held, { organization: { id: organisation } })
      }),
    aborted: (c, reason) =>
      holding(c, (held) =>
        finish(c, held, { error: reason, error_description: 'the person did not go on with the sign-in' }, true),
      ),
  }
}

const loginOf = ({ user, amr, acr, at, session }: SignedIn) => ({
  accountId: user,
  amr,
  acr,
  ts: Math.floor(at.getTime() / 1000),
  session,
})

/** Of the session, for this very person and application. */
async function grantOf({ provider, interaction: { grantId }, client }: Held, user: Id<'usr'>) {
  const found = grantId === undefined ? undefined : await provider.Grant.find(grantId)
  return found?.accountId === user && found.clientId === client.id ? found : undefined
}

/** `/login/<uid>` and what lies below it. */
const uidIn = (c: Context<HttpEnv>): string | undefined => c.env.exchange.path.split('/')[2]

function gone(error: unknown): undefined {
  if (error instanceof Error && error.name === 'SessionNotFound') return undefined
  throw error
}
