import { z } from 'zod'
import { attempt } from '../db/attempt.ts'
import type { Db, Tx } from '../db/types.ts'
import type { Clock } from '../lib/clock.ts'
import { fail, ok, type Result } from '../lib/result.ts'
import { Secret } from '../lib/secret.ts'
import type { UserId } from '../users/user.ts'
import {
  type FactorRecoveryId,
  factorRecoveryId,
  GOOD_FOR_MS,
  RECOVER_PATH,
  STOP_PATH,
  statementOf,
  withToken,
} from './factor-recovery.ts'
import type {
  Links,
  Mail,
  People,
  Person,
  RecordFactorRecoveryEvent,
  SealsOfPersons,
  TakeFactorsAway,
} from './ports.ts'
import { findOpen, insertRecovery, markStopped, markUsed, type OpenRecovery, rowOf } from './store.ts'

interface Opening {
  readonly user: UserId
  /** Who has looked at the person, and how: a call back, a passport, a colleague who vouches. */
  readonly verifiedBy: string
  readonly how: string
}

export type OpeningRefusal = 'not-found' | 'disabled' | 'verified-by-invalid' | 'how-invalid'

export interface Opened {
  readonly url: Secret<string>
  readonly opensAt: Date
  readonly until: Date
  /** Where the letter went. */
  readonly told: readonly string[]
  /** One that was open before opens nothing any more, and the wait begins anew. */
  readonly replaced: boolean
}

/** What its page says. */
export interface Recovering {
  readonly email: string
  readonly opensAt: Date
  readonly until: Date
  /** Whether the time has come. */
  readonly isOpen: boolean
}

/**
 * The way back for somebody who has lost all that they could prove. An administrator of the instance opens it, never one of
 * an organisation: nothing here takes an organisation's authority. It waits, so that the owner can stop what somebody else
 * has talked an administrator into.
 */
export interface FactorRecovery<By> {
  open(by: By, opening: Opening): Promise<Result<Opened, OpeningRefusal>>
  look(token: string): Promise<Recovering | undefined>
  /** `early`: nothing is used up. */
  use(by: By, token: string): Promise<Result<undefined, 'dead' | 'early'>>
  lookToStop(token: string): Promise<Recovering | undefined>
  stop(by: By, token: string): Promise<Result<undefined, 'dead'>>
}

interface FactorRecoveryDeps<By> {
  readonly db: Db
  readonly issuerUrl: string
  /** Milliseconds. */
  readonly delay: number
  readonly people: People
  readonly persons: SealsOfPersons
  readonly links: Links<By>
  readonly mail: Mail
  readonly takeFactorsAway: TakeFactorsAway<By>
  readonly clock: Clock
  readonly record: RecordFactorRecoveryEvent<By>
}

type Purpose = 'factor-recovery' | 'stop-factor-recovery'
const bothLinks: readonly Purpose[] = ['factor-recovery', 'stop-factor-recovery']

/** Which one it belongs to: the link of one before is dead, whatever came of that. */
const claimShape = z.object({ recovery: factorRecoveryId.schema })

export function createFactorRecovery<By>(deps: FactorRecoveryDeps<By>): FactorRecovery<By> {
  const { db, issuerUrl, delay, people, persons, links, mail, takeFactorsAway, clock, record } = deps
  const after = (id: FactorRecoveryId) => ({ public: { recovery: id } })

  async function find(
    purpose: Purpose,
    token: string,
  ): Promise<{ person: Person; recovery: OpenRecovery } | undefined> {
    const link = await links.look(purpose, token)
    const claim = claimShape.safeParse(link?.data)
    const person = link?.person && (await people.find(link.person))
    if (!person || !claim.success || person.status === 'disabled') return undefined
    const recovery = await findOpen(db, person.id)
    return recovery?.id === claim.data.recovery && recovery.expiresAt > clock.now() ? { person, recovery } : undefined
  }

  const look = (purpose: Purpose) => async (token: string) => {
    const found = await find(purpose, token)
    if (!found) return undefined
    const { person, recovery } = found
    const { usableAt: opensAt, expiresAt: until } = recovery
    return { email: person.email, opensAt, until, isOpen: opensAt <= clock.now() }
  }

  async function close(tx: Tx, by: By, user: UserId): Promise<boolean> {
    const before = await findOpen(tx, user)
    if (!before || !(await markStopped(tx, before.id, clock.now()))) return false
    await links.withdraw(tx, by, { person: user, purpose: bothLinks })
    const action = before.expiresAt > clock.now() ? 'factor_recovery.stopped' : 'factor_recovery.expired'
    await record(tx, by, { action, target: user, after: after(before.id) })
    return action === 'factor_recovery.stopped'
  }

  return {
    open: async (by, { user, ...said }) => {
      const [verifiedBy, how] = [statementOf(said.verifiedBy), statementOf(said.how)]
      if (verifiedBy === undefined) return fail('verified-by-invalid')
      if (how === undefined) return fail('how-invalid')
      return attempt(db, async (tx): Promise<Result<Opened, OpeningRefusal>> => {
        const person = await people.hold(tx, user)
        if (!person) return fail('not-found')
        if (person.status === 'disabled') return fail('disabled')
        const replaced = await close(tx, by, user)
        const sealer = await persons.of(tx, user)
        if (!sealer.ok) return fail('not-found')

        const [id, now] = [factorRecoveryId.generate(), clock.now()]
        const opensAt = new Date(now.getTime() + delay)
        const until = new Date(opensAt.getTime() + GOOD_FOR_MS)
        const place = { table: 'factor_recoveries', row: rowOf(id) } as const
        await insertRecovery(tx, {
          id,
          user,
          verifiedBy: sealer.value.seal({ ...place, column: 'verified_by' }, verifiedBy),
          method: sealer.value.seal({ ...place, column: 'method' }, how),
          createdAt: now,
          usableAt: opensAt,
          expiresAt: until,
        })
        const issue = async (purpose: Purpose, path: typeof RECOVER_PATH | typeof STOP_PATH) => {
          const validFor = until.getTime() - now.getTime()
          const { token } = await links.issue(tx, by, { purpose, person: user, data: { recovery: id }, validFor })
          return new Secret(new URL(withToken(path, token.reveal()), issuerUrl).href)
        }
        const url = await issue('factor-recovery', RECOVER_PATH)
        const stopUrl = await issue('stop-factor-recovery', STOP_PATH)
        const { email: address, name, locale } = person
        await mail.send(tx, {
          to: { address, name, locale, person: user },
          message: { name: 'factor-recovery', url, stopUrl, opensAt, until },
          expiresAt: until,
        })
        const facts = { recovery: id, usableAt: opensAt.toISOString(), expiresAt: until.toISOString() }
        const personal = { personId: user, fields: { verifiedBy, how } }
        await record(tx, by, { action: 'factor_recovery.opened', target: user, after: { public: facts, personal } })
        return ok({ url, opensAt, until, told: [address], replaced })
      })
    },

    look: look('factor-recovery'),
    use: async (by, token) => {
      const found = await find('factor-recovery', token)
      if (!found) return fail('dead')
      const { id } = found.recovery
      return attempt(db, async (tx): Promise<Result<undefined, 'dead' | 'early'>> => {
        // The person first, always: two who change one account would wait for one another.
        const person = await people.hold(tx, found.person.id)
        if (!person || person.status === 'disabled') return fail('dead')
        const now = clock.now()
        const open = await findOpen(tx, person.id)
        if (open?.id !== id) return fail('dead')
        if (open.usableAt > now) return fail('early')
        if (!(await links.take(tx, by, 'factor-recovery', token)) || !(await markUsed(tx, id, now))) return fail('dead')
        await links.withdraw(tx, by, { person: person.id, purpose: bothLinks })
        await takeFactorsAway(tx, by, person)
        await record(tx, by, { action: 'factor_recovery.used', target: person.id, after: after(id) })
        return ok(undefined)
      })
    },

    lookToStop: look('stop-factor-recovery'),
    stop: async (by, token) => {
      const found = await find('stop-factor-recovery', token)
      if (!found) return fail('dead')
      return attempt(db, async (tx): Promise<Result<undefined, 'dead'>> => {
        const person = await people.hold(tx, found.person.id)
        if (!person || !(await links.take(tx, by, 'stop-factor-recovery', token))) return fail('dead')
        return (await close(tx, by, person.id)) ? ok(undefined) : fail('dead')
      })
    },
  }
}
