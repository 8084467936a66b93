import type { PasskeyRefusal } from '../credentials/passkey/passkey.ts'
import type { TotpOffer } from '../credentials/totp/offer.ts'
import type { AddRefusal } from '../credentials/totp/service.ts'
import type { SecondFactor } from '../factors/factor.ts'
import type { LimitRefusal } from '../http/limits/quota.ts'
import { fail, ok } from '../lib/result.ts'
import { keyOf } from './attempts/attempt.ts'
import type { Done } from './claim.ts'
import type { LaterDeps } from './later.ts'
import { mayAddOffered } from './machine/enrolment-steps.ts'
import { nextOf } from './machine/next.ts'
import type { Proof } from './machine/state.ts'
import type { PendingInteraction, Where } from './ports.ts'
import type { Standing } from './standing.ts'

export type EnrolOutcome<E> =
  | Done
  | { readonly kind: 'waiting' }
  | { readonly kind: 'refused'; readonly why: E }
  | { readonly kind: 'limited'; readonly verdict: LimitRefusal }

interface NewTotp {
  readonly name: string
  readonly code: string
}

interface NewPasskey {
  readonly name: string
  readonly response: unknown
}

/** Factors that are added on the way in, where a rule asks for one or the person wants one. */
export interface Enrolment {
  /** A secret to scan; the one that is shown already, while it lasts. */
  offerTotp(pending: PendingInteraction): Promise<unknown>
  offeredTotp(pending: PendingInteraction): Promise<TotpOffer | undefined>
  addTotp(pending: PendingInteraction, totp: NewTotp, where: Where): Promise<EnrolOutcome<AddRefusal>>
  addPasskey(pending: PendingInteraction, passkey: NewPasskey, where: Where): Promise<EnrolOutcome<PasskeyRefusal>>
  /** The mailbox has just been proven, as every enrolment of a first factor asks for. */
  useEmailCodes(pending: PendingInteraction, where: Where): Promise<EnrolOutcome<'mailbox-first'>>
  /** Not now: while there is time. */
  putOff(pending: PendingInteraction, where: Where): Promise<EnrolOutcome<never>>
  declineOffer(pending: PendingInteraction, where: Where): Promise<EnrolOutcome<never>>
  /** On to the passkey; first to the mailbox, for whoever has no factor yet. */
  acceptOffer(pending: PendingInteraction, where: Where): Promise<EnrolOutcome<never>>
}

const OTHERWISE = { kind: 'waiting' } as const

const mayEnrol = ({ state, facts }: Standing, factor: SecondFactor): boolean => {
  if (state.kind !== 'waiting' || state.step !== 'enrol') return false
  const next = nextOf(state.progress, facts)
  return next.kind === 'enrol' && next.factors.includes(factor)
}

export function enrolment({ standingOf, advance, factors, guard, clock }: LaterDeps): Enrolment {
  const holderOf = (pending: PendingInteraction) => keyOf(pending).uidHash
  const kept = (pending: PendingInteraction, { origin }: Where) => ({
    attempt: holderOf(pending),
    userAgent: origin.userAgent,
  })

  return {
    offerTotp: async (pending) => {
      const standing = await standingOf(pending)
      if (standing.person && mayEnrol(standing, 'totp'))
        await factors.totps.offer(holderOf(pending), standing.person.id)
    },
    offeredTotp: async (pending) => {
      const standing = await standingOf(pending)
      return standing.person && mayEnrol(standing, 'totp')
        ? factors.totps.offered(holderOf(pending), standing.person)
        : undefined
    },
    addTotp: async (pending, { name, code }, where) => {
      const standing = await standingOf(pending)
      const { person } = standing
      if (!person || !mayEnrol(standing, 'totp')) return OTHERWISE
      const verdict = await guard.limits.take('secondFactor', { account: person.id, ip: where.origin.ip })
      if (!verdict.ok) return { kind: 'limited', verdict }
      return advance(standing, {
        pending,
        where,
        step: 'enrol',
        work: async (tx, by) => {
          const added = await factors.totps.add(tx, by, { holder: holderOf(pending), user: person.id, code, name })
          if (!added.ok) return fail(added.error)
          const what = { factor: 'totp', name: added.value.name, id: added.value.id } as const
          await factors.added(tx, by, person.id, what, kept(pending, where))
          return ok(enrolled({ factor: 'totp', user: person.id, at: clock.now() }, 'totp'))
        },
      })
    },
    addPasskey: async (pending, { name, response }, where) => {
      const standing = await standingOf(pending)
      const { person, state } = standing
      const isOffered =
        state.kind === 'waiting' && state.step === 'offer-passkey' && mayAddOffered(state.progress, standing.facts)
      if (!person || !(isOffered || mayEnrol(standing, 'passkey'))) return OTHERWISE
      return advance(standing, {
        pending,
        where,
        step: isOffered ? 'offer-passkey' : 'enrol',
        work: async (tx, by) => {
          const made = await factors.passkeys.add(tx, by, {
            holder: holderOf(pending),
            user: person.id,
            response,
            name,
          })
          if (!made.ok) return fail(made.error)
          const what = { factor: 'passkey', name: made.value.name, id: made.value.id } as const
          await factors.added(tx, by, person.id, what, kept(pending, where))
          // Beside the password that was proven before: whether it asked for a finger makes no difference here.
          const { synced } = made.value
          const proof = { factor: 'passkey', user: person.id, at: clock.now(), verified: false, synced } as const
          return ok(enrolled(proof, 'passkey'))
        },
      })
    },
    useEmailCodes: async (pending, where) => {
      const standing = await standingOf(pending)
      const { person } = standing
      if (!person || !mayEnrol(standing, 'email-code')) return OTHERWISE
      return advance(standing, {
        pending,
        where,
        step: 'enrol',
        work: async (tx, by, _owner, { passed }) => {
          if (!passed?.mailbox) return fail('mailbox-first')
          await factors.emailCodes.enable(tx, by, person.id)
          await factors.added(tx, by, person.id, { factor: 'email-code' }, kept(pending, where))
          return ok(enrolled({ factor: 'email-code', user: person.id, at: passed.mailbox }, 'email-code'))
        },
      })
    },
    putOff: async (pending, where) => {
      const standing = await standingOf(pending)
      const step = standing.state.kind === 'waiting' && standing.state.step === 'mailbox' ? 'mailbox' : 'enrol'
      return advance(standing, { pending, where, step, work: async () => ok({ kind: 'put-off' }) })
    },
    declineOffer: async (pending, where) => {
      const standing = await standingOf(pending)
      const step = standing.state.kind === 'waiting' && standing.state.step === 'mailbox' ? 'mailbox' : 'offer-passkey'
      return advance(standing, { pending, where, step, work: async () => ok({ kind: 'declined' }) })
    },
    acceptOffer: async (pending, where) =>
      advance(await standingOf(pending), {
        pending,
        where,
        step: 'offer-passkey',
        work: async () => ok({ kind: 'accepted' }),
      }),
  }
}

const enrolled = (proof: Proof, factor: SecondFactor) => ({ kind: 'enrolled', proof, factor }) as const
