import { z } from 'zod'
import { attempt } from '../db/attempt.ts'
import type { Db, Tx } from '../db/types.ts'
import { toBase64url } from '../lib/base64url.ts'
import type { Clock } from '../lib/clock.ts'
import type { Id } from '../lib/ids.ts'
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
  IndexOfAddress,
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
  /** Where there is no mail, and there alone: somebody tells the person themselves. */
  readonly untold?: boolean
}

/** `nobody-told`: there is no mail, and nobody has said that they tell the person. `told-by-mail`: there is, so nobody may say so. */
export type OpeningRefusal =
  | 'not-found'
  | 'disabled'
  | 'verified-by-invalid'
  | 'how-invalid'
  | 'nobody-told'
  | 'told-by-mail'

export interface Opened {
  readonly url: Secret<string>
  readonly opensAt: Date
  readonly until: Date
  /** Where the letter goes: it opens nothing before it has left. Nowhere where there is no mail. */
  readonly told: readonly string[]
  /** In the outbox, where it can be read as long as there is no mail. */
  readonly letter: Id<'mal'>
  /** One that was open before opens nothing any more, and the wait begins anew. */
  readonly replaced: boolean
}

/** What its page says. */
export interface Recovering {
  readonly email: string
  readonly opensAt: Date
  readonly until: Date
  /** `untold`: the time has come, and the letter that tells the owner of it has not left. */
  readonly state: 'early' | 'untold' | 'open'
}

/**
 * The way back for somebody who has lost all that they could prove. An administrator of the instance opens it, never one of
 * an organisation: nothing here takes an organisation's authority. It waits, so that the owner can stop what somebody else
 * has talked an administrator into.
 */
export interface FactorRecovery<By> {
  open(by: By, opening: Opening): Promise<Result<Opened, OpeningRefusal>>
  look(token: string): Promise<Recovering | undefined>
  /** `early` and `untold`: nothing is used up. */
  use(by: By, token: string): Promise<Result<undefined, UseRefusal>>
  lookToStop(token: string): Promise<Recovering | undefined>
  stop(by: By, token: string): Promise<Result<undefined, 'dead'>>
  /** Where the account has another address, or somebody has said that a thief was in it. The person is held before. */
  close(tx: Tx, by: By, user: UserId): Promise<boolean>
}

type UseRefusal = 'dead' | 'early' | 'untold'

interface FactorRecoveryDeps<By> {
  readonly db: Db
  readonly issuerUrl: string
  /** Milliseconds. */
  readonly delay: number
  readonly people: People
  readonly persons: SealsOfPersons
  readonly indexOf: IndexOfAddress
  readonly links: Links<By>
  readonly mail: Mail
  /** Whether there is a mail server. */
  readonly delivers: boolean
  readonly takeFactorsAway: TakeFactorsAway<By>
  readonly clock: Clock
  readonly record: RecordFactorRecoveryEvent<By>
}

type Purpose = 'factor-recovery' | 'stop-factor-recovery'
const bothLinks: readonly Purpose[] = ['factor-recovery', 'stop-factor-recovery']

/** Which one it belongs to: the link of one before is dead, whatever came of that. */
const claimShape = z.object({
  recovery: factorRecoveryId.schema,
  /** Of the address that it went to: of an account that has another one by now it opens nothing. */
  mailbox: z.string(),
})

export function createFactorRecovery<By>(deps: FactorRecoveryDeps<By>): FactorRecovery<By> {
  const { db, issuerUrl, delay, people, persons, indexOf, links, mail, delivers, takeFactorsAway, clock, record } = deps
  const mailboxOf = ({ email }: Person) => toBase64url(indexOf(email))
  const after = (id: FactorRecoveryId) => ({ public: { recovery: id } })

  async function find(
    purpose: Purpose,
    token: string,
  ): Promise<{ person: Person; recovery: OpenRecovery } | undefined> {
    const link = await links.look(purpose, token)
    const claim = claimShape.safeParse(link?.data)
    const person = link?.person && (await people.find(link.person))
    if (!person || !claim.success || person.status === 'disabled') return undefined
    if (claim.data.mailbox !== mailboxOf(person)) return undefined
    const recovery = await findOpen(db, person.id)
    return recovery?.id === claim.data.recovery && recovery.expiresAt > clock.now() ? { person, recovery } : undefined
  }

  const look = (purpose: Purpose) => async (token: string) => {
    const found = await find(purpose, token)
    if (!found) return undefined
    const { person, recovery } = found
    const { usableAt: opensAt, expiresAt: until } = recovery
    return { email: person.email, opensAt, until, state: await stateOf(db, recovery) }
  }

  async function stateOf(at: Db | Tx, { usableAt, letter }: OpenRecovery): Promise<Recovering['state']> {
    if (usableAt > clock.now()) return 'early'
    return letter === undefined || (await mail.hasLeft(at, letter)) ? 'open' : 'untold'
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
    open: async (by, { user, untold = false, ...said }) => {
      const [verifiedBy, how] = [statementOf(said.verifiedBy), statementOf(said.how)]
      if (verifiedBy === undefined) return fail('verified-by-invalid')
      if (how === undefined) return fail('how-invalid')
      if (untold === delivers) return fail(delivers ? 'told-by-mail' : 'nobody-told')
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
        const issue = async (purpose: Purpose, path: typeof RECOVER_PATH | typeof STOP_PATH) => {
          const validFor = until.getTime() - now.getTime()
          const { token } = await links.issue(tx, by, {
            purpose,
            person: user,
            data: { recovery: id, mailbox: mailboxOf(person) },
            validFor,
          })
          return new Secret(new URL(withToken(path, token.reveal()), issuerUrl).href)
        }
        const url = await issue('factor-recovery', RECOVER_PATH)
        const stopUrl = await issue('stop-factor-recovery', STOP_PATH)
        const { email: address, name, locale } = person
        // Without mail it waits to be read on the host, for whoever tells the person.
        const letter = await mail.send(tx, {
          to: { address, name, locale, person: user },
          message: { name: 'factor-recovery', url, stopUrl, opensAt, until },
          expiresAt: until,
        })
        await insertRecovery(tx, {
          id,
          user,
          verifiedBy: sealer.value.seal({ ...place, column: 'verified_by' }, verifiedBy),
          method: sealer.value.seal({ ...place, column: 'method' }, how),
          letter: untold ? undefined : letter,
          createdAt: now,
          usableAt: opensAt,
          expiresAt: until,
        })
        const [usableAt, expiresAt] = [opensAt.toISOString(), until.toISOString()]
        const facts = { recovery: id, usableAt, expiresAt, letter, telling: untold ? 'by-hand' : 'by-mail' }
        const personal = { personId: user, fields: { verifiedBy, how, ...(!untold && { told: address }) } }
        await record(tx, by, { action: 'factor_recovery.opened', target: user, after: { public: facts, personal } })
        return ok({ url, opensAt, until, told: untold ? [] : [address], letter, replaced })
      })
    },

    look: look('factor-recovery'),
    use: async (by, token) => {
      const found = await find('factor-recovery', token)
      if (!found) return fail('dead')
      const { id } = found.recovery
      return attempt(db, async (tx): Promise<Result<undefined, UseRefusal>> => {
        // The person first, always: two who change one account would wait for one another.
        const person = await people.hold(tx, found.person.id)
        if (!person || person.status === 'disabled' || mailboxOf(person) !== mailboxOf(found.person))
          return fail('dead')
        const now = clock.now()
        const open = await findOpen(tx, person.id)
        if (open?.id !== id) return fail('dead')
        const state = await stateOf(tx, open)
        if (state !== 'open') return fail(state)
        if (!(await links.take(tx, by, 'factor-recovery', token)) || !(await markUsed(tx, id, now))) return fail('dead')
        await links.withdraw(tx, by, { person: person.id, purpose: bothLinks })
        await takeFactorsAway(tx, by, person)
        await record(tx, by, { action: 'factor_recovery.used', target: person.id, after: after(id) })
        return ok(undefined)
      })
    },

    close,
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
