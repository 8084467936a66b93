import { inTransaction } from '../db/transaction.ts'
import type { Tx } from '../db/types.ts'
import type { SecondFactor } from '../factors/factor.ts'
import type { LimitRefusal } from '../http/limits/quota.ts'
import { fail, ok } from '../lib/result.ts'
import { keyOf } from './attempts/attempt.ts'
import { challengeAt, MOST_TRIES, type OverBy, overBy } from './attempts/challenge.ts'
import { dropAttempt, prolongChallenge, putAttempt, takeTry } from './attempts/store.ts'
import type { Done } from './claim.ts'
import { asDone, byOf } from './finish.ts'
import type { LaterDeps } from './later.ts'
import { nextOf } from './machine/next.ts'
import type { Progress } from './machine/state.ts'
import type { LoginInput } from './machine/step.ts'
import type { By, Owner, Pause, PendingInteraction, Where } from './ports.ts'
import type { Standing } from './standing.ts'

export type CodeFactor = Exclude<SecondFactor, 'passkey'>

interface Shown {
  readonly factor: CodeFactor
  readonly code: string
  /** Whoever sits here need not show one again, where that is offered. */
  readonly trust: boolean
}

interface Limited {
  readonly kind: 'limited'
  readonly verdict: LimitRefusal
}

interface Over {
  readonly kind: 'over'
  readonly why: OverBy
}

export type CodeOutcome =
  | Done
  | { readonly kind: 'waiting' }
  | { readonly kind: 'mismatch'; readonly triesLeft: number; readonly pause: Pause | undefined }
  /** Too many tries, or too long: the sign-in begins anew. */
  | Over
  | Limited
  | Pause

export interface Codes {
  /** Of the second factor. */
  withCode(pending: PendingInteraction, shown: Shown, where: Where): Promise<CodeOutcome>
  /** That letters reach whoever sits here: before they add a first factor. */
  withMailboxCode(pending: PendingInteraction, code: string, where: Where): Promise<CodeOutcome>
  /** For whichever of the two is waited for. */
  sendCode(pending: PendingInteraction, where: Where): Promise<{ readonly kind: 'sent' | 'waiting' } | Over | Limited>
  /** Whether a code would be looked at, before somebody types one. */
  pauseOf(standing: Pick<Standing, 'person'>, browser: Where['browser']): Promise<Pause | undefined>
  /** What was sent and is waited for. */
  sentCode(
    pending: PendingInteraction,
    step: 'second-factor' | 'mailbox',
  ): Promise<{ readonly expiresAt: Date } | undefined>
}

const OTHERWISE = { kind: 'waiting' } as const

interface Guarded {
  readonly step: 'second-factor' | 'mailbox'
  readonly factor: CodeFactor
  readonly fits: (standing: Standing) => boolean
  /** Undefined for a code that is wrong. */
  readonly judge: (tx: Tx, by: By, person: Owner) => Promise<LoginInput | undefined>
  readonly passing?: (progress: Progress) => Progress
}

export function codes(deps: LaterDeps): Codes {
  const { db, standingOf, advance, users, factors, guard, events, clock } = deps

  /** A code that came back from the mailbox says whose it is, whatever it was sent for. */
  const byMail =
    (purpose: 'second-factor' | 'mailbox', pending: PendingInteraction, code: string) =>
    async (tx: Tx, by: By, { id, email }: Owner): Promise<boolean> => {
      const { uidHash: holder } = keyOf(pending)
      const isRight = await factors.emailCodes.prove(tx, { holder, purpose, user: { id, email }, code })
      if (isRight) await users.verifyEmail(tx, by, id, email)
      return isRight
    }

  const countedFor = ({ id, email }: Owner, browser: Where['browser']) =>
    ({ pool: 'second-factor', email: guard.emailKey(email), user: id, browser }) as const

  const knownTo = async ({ id }: Owner, browser: Where['browser']) =>
    (await guard.browsers.isKnown(id, browser)) ? browser : undefined

  /** Whoever goes on from a session has no row yet: a challenge needs one to count in. */
  async function begun(pending: PendingInteraction): Promise<Standing> {
    const standing = await standingOf(pending)
    const { attempt, state, person } = standing
    if (attempt || state.kind !== 'waiting' || !person) return standing
    const { proofs, passed = {} } = state.progress
    if (proofs.length === 0) return standing
    const challenge = challengeAt(state.step, clock.now())
    const first = { version: 1, user: person.id, proofs, mustChangePassword: false, passed, challenge }
    await inTransaction(db, (tx) => putAttempt(tx, keyOf(pending), first))
    return standingOf(pending)
  }

  /** Guesses are counted in three ways before any is judged: by this challenge, by the account, and by where they come from. */
  async function guarded(
    pending: PendingInteraction,
    where: Where,
    { step, fits, judge, factor, passing }: Guarded,
  ): Promise<CodeOutcome> {
    const standing = await begun(pending)
    const { attempt, person, state } = standing
    if (standing.isOver) return over(pending, standing)
    // Sent twice: the first has arrived.
    if (attempt?.session) return asDone(attempt, attempt.session)
    if (!attempt || state.kind !== 'waiting' || state.step !== step || !person || !fits(standing)) return OTHERWISE
    const { browser } = where
    const { ip } = where.origin
    const knownBrowser = await knownTo(person, browser)
    const verdict = await guard.limits.take('secondFactor', { account: person.id, ip, knownBrowser })
    if (!verdict.ok) return { kind: 'limited', verdict }
    const lock = await guard.lockout.begin(countedFor(person, browser))
    if (lock.kind !== 'go') return lock
    const { ticket } = lock
    const { uidHash } = keyOf(pending)
    try {
      if (!(await takeTry(db, uidHash, attempt.version, { now: clock.now(), most: MOST_TRIES }))) {
        await guard.lockout.giveBack(ticket)
        // The tries are used up; or another tab got on meanwhile, and what that one has proven stays.
        const now = await standingOf(pending)
        const { attempt: next } = now
        if (next?.session && next.user === person.id) return asDone(next, next.session)
        return now.isOver ? over(pending, now) : OTHERWISE
      }
      const outcome = await advance(standing, {
        pending,
        where,
        step,
        ...(passing && { passing }),
        work: async (tx, by, owner) => {
          const input = await judge(tx, by, owner)
          if (!input) return fail('mismatch')
          // A code is used up here, whether this is the last step or not.
          await events.recordEvent(tx, by, {
            action: 'second_factor.proven',
            target: owner.id,
            after: { public: { client: pending.client.id, factor, step } },
          })
          return ok(input)
        },
      })
      if (outcome.kind !== 'refused') {
        // A sign-in that this form has completed has reset what was counted; one that another form has, has not seen it.
        const isReset = outcome.kind === 'done' && !outcome.wasDone
        await Promise.all([isReset ? undefined : guard.lockout.giveBack(ticket), verdict.succeeded()])
        return outcome
      }
    } catch (error) {
      await guard.lockout.giveBack(ticket)
      throw error
    }
    const by = byOf(where, person.id, attempt.passed.from)
    const pause = await guard.lockout.failed(by, ticket, person.id)
    await events.recordRefusal(db, by, {
      action: 'second_factor.failed',
      target: person.id,
      after: { public: { client: pending.client.id, factor, step } },
    })
    const triesLeft = Math.max(0, MOST_TRIES - 1 - (attempt.challenge?.failures ?? 0))
    return triesLeft === 0 ? over(pending, standing, 'tries') : { kind: 'mismatch', triesLeft, pause }
  }

  async function over(
    pending: PendingInteraction,
    { attempt }: Standing,
    why = overBy(attempt?.challenge),
  ): Promise<Over | typeof OTHERWISE> {
    if (!attempt || attempt.session) return OTHERWISE
    await dropAttempt(db, keyOf(pending).uidHash, attempt.version)
    return { kind: 'over', why }
  }

  return {
    withCode: (pending, { factor, code, trust }, where) =>
      guarded(pending, where, {
        step: 'second-factor',
        factor,
        fits: ({ state, facts }) => {
          if (state.kind !== 'waiting') return false
          const next = nextOf(state.progress, facts)
          return next.kind === 'prove' && next.factors.includes(factor)
        },
        judge: async (tx, by, owner) => {
          const { id } = owner
          const proves: Record<CodeFactor, () => Promise<unknown>> = {
            totp: () => factors.totps.prove(tx, id, code),
            'backup-code': async () => {
              const used = await factors.backupCodes.prove(tx, by, id, code)
              const { userAgent } = where.origin
              if (used) await factors.tellOfBackupCode(tx, by, id, { left: used.left, userAgent })
              return used
            },
            'email-code': () => byMail('second-factor', pending, code)(tx, by, owner),
          }
          if (!(await proves[factor]())) return undefined
          return { kind: 'proven', proof: { factor, user: id, at: clock.now() } }
        },
        passing: (progress) => {
          // A backup code says that a device is gone: what is left where it was used last is no browser to trust.
          const isTrusted = trust && factor !== 'backup-code' && factors.trustedBrowsers.lifetime > 0
          return isTrusted ? { ...progress, passed: { ...progress.passed, trust: factor } } : progress
        },
      }),
    withMailboxCode: (pending, code, where) =>
      guarded(pending, where, {
        step: 'mailbox',
        factor: 'email-code',
        fits: () => true,
        judge: async (tx, by, owner) => {
          const isRight = await byMail('mailbox', pending, code)(tx, by, owner)
          return isRight ? { kind: 'mailbox-proven', at: clock.now() } : undefined
        },
      }),
    sendCode: async (pending, where) => {
      const standing = await begun(pending)
      const { attempt, person, state, facts } = standing
      if (standing.isOver) return over(pending, standing)
      if (!attempt || attempt.session || state.kind !== 'waiting' || !person) return OTHERWISE
      const next = nextOf(state.progress, facts)
      const mayMail = state.step === 'mailbox' || (next.kind === 'prove' && next.factors.includes('email-code'))
      if (!mayMail) return OTHERWISE
      const purpose = state.step === 'mailbox' ? 'mailbox' : 'second-factor'
      const { uidHash: holder } = keyOf(pending)
      const knownBrowser = await knownTo(person, where.browser)
      const sent = await factors.emailCodes.send(byOf(where, person.id, attempt.passed.from), {
        holder,
        purpose,
        person,
        knownBrowser,
      })
      if (!sent.ok) return { kind: 'limited', verdict: sent.error.verdict }
      const { expiresAt } = sent.value
      await inTransaction(db, (tx) => prolongChallenge(tx, holder, attempt.version, expiresAt))
      return { kind: 'sent' }
    },
    pauseOf: async ({ person }, browser) => person && guard.lockout.pauseOf(countedFor(person, browser)),
    sentCode: (pending, step) => factors.emailCodes.waiting(keyOf(pending).uidHash, step),
  }
}
