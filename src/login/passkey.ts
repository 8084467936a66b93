import { NOBODY } from '../audit/sealer.ts'
import type { CreationOptions, RequestOptions } from '../credentials/passkey/ask.ts'
import type { PasskeyRefusal } from '../credentials/passkey/passkey.ts'
import { inTransaction } from '../db/transaction.ts'
import type { LimitRefusal } from '../http/limits/quota.ts'
import { fail, ok } from '../lib/result.ts'
import { keyOf } from './attempts/attempt.ts'
import type { Done } from './claim.ts'
import { asDone, byOf } from './finish.ts'
import type { LaterDeps } from './later.ts'
import { mayAddOffered } from './machine/enrolment-steps.ts'
import { nextOf } from './machine/next.ts'
import type { Proof } from './machine/state.ts'
import type { PendingInteraction, Where } from './ports.ts'
import type { Standing } from './standing.ts'

export type PasskeyOutcome =
  | Done
  | { readonly kind: 'waiting' }
  | { readonly kind: 'refused'; readonly why: PasskeyRefusal['kind'] | 'no-entry'; readonly credentialId?: string }
  | { readonly kind: 'taken' }
  | { readonly kind: 'limited'; readonly verdict: LimitRefusal }

interface Answered {
  /** As the browser made it. */
  readonly response: unknown
  readonly trust: boolean
}

export interface ByPasskey {
  /** What an authenticator is to sign here: whoever comes, or the second factor, or a new one. Undefined where none is due. */
  passkeyOptions(pending: PendingInteraction): Promise<RequestOptions | CreationOptions | undefined>
  withPasskey(pending: PendingInteraction, answered: Answered, where: Where): Promise<PasskeyOutcome>
}

/** Steps at which somebody may still say who they are. */
const isFirst = ({ state }: Standing): boolean =>
  state.kind !== 'waiting' || state.step === 'identify' || state.step === 'first-factor'

export function byPasskey({ db, users, machine, standingOf, advance, readFacts, ...deps }: LaterDeps): ByPasskey {
  const { factors, guard, events, clock } = deps
  const counts = ({ facts }: Standing) => facts.demand.counting.includes('passkey')
  const isSecond = ({ state, facts }: Standing): boolean => {
    if (state.kind !== 'waiting' || state.step !== 'second-factor') return false
    const next = nextOf(state.progress, facts)
    return next.kind === 'prove' && next.factors.includes('passkey')
  }
  const mayAdd = ({ state, facts }: Standing): boolean => {
    if (state.kind !== 'waiting') return false
    if (state.step === 'offer-passkey') return mayAddOffered(state.progress, facts)
    const next = nextOf(state.progress, facts)
    return state.step === 'enrol' && next.kind === 'enrol' && next.factors.includes('passkey')
  }

  const sayWho = async (pending: PendingInteraction, { response }: Answered, where: Where): Promise<PasskeyOutcome> => {
    const verdict = await guard.limits.take('signIn', { ip: where.origin.ip })
    if (!verdict.ok) return { kind: 'limited', verdict }
    const nobody = { actor: { kind: 'anonymous' }, ...where.origin } as const
    const { uidHash: holder } = keyOf(pending)
    // In a transaction of its own: the challenge is taken, and a copied passkey told, whatever comes of it.
    const shown = await inTransaction(db, (tx) =>
      factors.passkeys.prove(tx, nobody, { holder, purpose: 'sign-in', response }),
    )
    const refuse = async (why: PasskeyRefusal['kind'] | 'no-entry', owner = NOBODY, credentialId?: string) => {
      await events.recordRefusal(db, nobody, {
        action: 'sign_in.failed',
        target: owner,
        after: { public: { client: pending.client.id, reason: `passkey: ${why}` } },
      })
      return { kind: 'refused', why, ...(credentialId !== undefined && { credentialId }) } as const
    }
    if (!shown.ok) return refuse(shown.error.kind, shown.error.owner, shown.error.credentialId)
    const { user, passkey, verified, synced } = shown.value
    const proof: Proof = { factor: 'passkey', user, at: clock.now(), verified, synced }
    const [standing, person] = [await standingOf(pending), await users.find(user)]
    if (standing.attempt?.session)
      return standing.attempt.user === user ? asDone(standing.attempt, standing.attempt.session) : { kind: 'taken' }
    const facts = await readFacts(db, pending, person, user)
    const state = machine.transition(machine.resume({ proofs: [] }, facts), { kind: 'identified', user }, facts)
    const outcome = await advance(
      { ...standing, person, facts, state },
      {
        pending,
        where,
        step: 'first-factor',
        // It was proven in another transaction: since then its owner may have removed it.
        work: async (tx) =>
          (await factors.passkeys.isStill(tx, { user, id: passkey })) ? ok({ kind: 'proven', proof }) : fail('removed'),
      },
    )
    if (outcome.kind === 'done') await verdict.succeeded()
    return person?.status === 'active' && outcome.kind !== 'refused' ? outcome : refuse('no-entry', user)
  }

  const second = async (
    pending: PendingInteraction,
    { response, trust }: Answered,
    where: Where,
    standing: Standing,
  ): Promise<PasskeyOutcome> => {
    const { person } = standing
    if (!person) return { kind: 'waiting' }
    const verdict = await guard.limits.take('secondFactor', { ip: where.origin.ip })
    if (!verdict.ok) return { kind: 'limited', verdict }
    const outcome = await advance(standing, {
      pending,
      where,
      step: 'second-factor',
      passing: (progress) =>
        trust && factors.trustedBrowsers.lifetime > 0
          ? { ...progress, passed: { ...progress.passed, trust: 'passkey' } }
          : progress,
      work: async (tx, by) => {
        const { uidHash: holder } = keyOf(pending)
        const asked = { holder, purpose: 'second-factor', user: person.id, response } as const
        const shown = await factors.passkeys.prove(tx, by, asked)
        if (!shown.ok) return fail(shown.error)
        const { verified, synced } = shown.value
        return ok({ kind: 'proven', proof: { factor: 'passkey', user: person.id, at: clock.now(), verified, synced } })
      },
    })
    if (outcome.kind !== 'refused') return outcome
    const { kind: why, credentialId } = outcome.why
    await events.recordRefusal(db, byOf(where, person.id, standing.attempt?.passed?.from), {
      action: 'second_factor.failed',
      target: person.id,
      after: { public: { client: pending.client.id, factor: 'passkey', reason: why } },
    })
    return { kind: 'refused', why, ...(credentialId !== undefined && { credentialId }) }
  }

  return {
    passkeyOptions: async (pending) => {
      const standing = await standingOf(pending)
      const { uidHash: holder } = keyOf(pending)
      const { person } = standing
      if (isSecond(standing) && person) return factors.passkeys.askForSecondFactor(holder, person.id)
      if (mayAdd(standing) && person) return factors.passkeys.askForEnrolment(holder, person)
      return isFirst(standing) && counts(standing) ? factors.passkeys.askForSignIn(holder) : undefined
    },
    withPasskey: async (pending, answered, where) => {
      const standing = await standingOf(pending)
      if (isSecond(standing)) return second(pending, answered, where, standing)
      return counts(standing) ? sayWho(pending, answered, where) : { kind: 'waiting' }
    },
  }
}
