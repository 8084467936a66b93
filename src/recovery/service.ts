import { attempt } from '../db/attempt.ts'
import type { Db } from '../db/types.ts'
import type { LimitRefusal, LimitVerdict } from '../http/limits/quota.ts'
import type { Clock } from '../lib/clock.ts'
import { fail, ok, type Result } from '../lib/result.ts'
import type { Secret } from '../lib/secret.ts'
import type { UserId } from '../users/user.ts'
import { type AskForRecovery, askForRecovery } from './ask.ts'
import type {
  HasSecondFactor,
  Links,
  Mail,
  Passwords,
  People,
  Person,
  ReadAddress,
  RecordRecoveryEvent,
  ReplacePassword,
  TakeFactorsAway,
} from './ports.ts'
import { type Claim, claimShape, type PasswordProblem } from './recovery.ts'

/** Whose account it is, and where they came from. */
export interface Recovering {
  readonly email: string
  readonly back: string | undefined
  /** Whatever else they could prove goes with the former password. */
  readonly takesFactors: boolean
  /** Characters of the shortest password that is taken. */
  readonly minimum: number
}

/** `dead`: used, expired or never issued; the account is disabled; or the mailbox is not that of the account any more. */
export type ResetFailure =
  | { readonly kind: 'dead' }
  | { readonly kind: 'refused'; readonly of: Recovering; readonly problem: PasswordProblem }
  /** A try may cost as many hashes as there are former passwords to compare with, and a refused one leaves the link good. */
  | { readonly kind: 'limited'; readonly of: Recovering; readonly verdict: LimitRefusal }

interface Chosen {
  readonly password: Secret<string>
  /** What the browser says of itself, for the owner to recognise it by. */
  readonly device?: string | undefined
  readonly place?: string | undefined
}

export interface Recovery<By> extends AskForRecovery<By> {
  opens(token: string): Promise<Recovering | undefined>
  /** It signs nobody in: what was proven is a mailbox, and that is one factor, once. */
  reset(by: By, token: string, chosen: Chosen): Promise<Result<Recovering, ResetFailure>>
}

interface RecoveryDeps<By, Hashed> {
  readonly db: Db
  readonly issuerUrl: string
  readonly people: People<By>
  readonly readAddress: ReadAddress
  readonly passwords: Passwords<Hashed>
  readonly links: Links<By>
  readonly mail: Mail
  readonly replacePassword: ReplacePassword<By, Hashed>
  readonly takeFactorsAway: TakeFactorsAway<By>
  readonly hasSecondFactor: HasSecondFactor
  /** How often somebody's new password is judged. */
  readonly limit: (person: UserId) => Promise<LimitVerdict>
  readonly clock: Clock
  readonly record: RecordRecoveryEvent<By>
}

interface Found {
  readonly person: Person
  readonly claim: Claim
  /** Something else will be asked for beside the new password. */
  readonly hasSecond: boolean
}

const dead = fail({ kind: 'dead' } as const)

export function createRecovery<By, Hashed>(deps: RecoveryDeps<By, Hashed>): Recovery<By> {
  const { db, people, passwords, links, replacePassword, takeFactorsAway, hasSecondFactor, limit, record } = deps

  async function find(token: string): Promise<Found | undefined> {
    const link = await links.look('recovery', token)
    const person = link?.person && (await people.find(link.person))
    const claim = claimShape.parse(link?.data ?? {})
    if (!person || !stillCounts(claim, person)) return undefined
    const hasSecond = claim.factors !== 'taken-away' && (await hasSecondFactor(person.id, claim.email !== undefined))
    return { person, claim, hasSecond }
  }
  const asRecovering = ({ person, claim: { back, factors }, hasSecond }: Found): Recovering => ({
    email: person.email,
    back,
    takesFactors: factors === 'taken-away',
    minimum: passwords.minimumOf({ hasSecondFactor: hasSecond }),
  })

  return {
    ...askForRecovery(deps),
    opens: async (token) => {
      const found = await find(token)
      return found && asRecovering(found)
    },

    reset: async (by, token, { password, device, place }) => {
      // Before anything is judged or hashed: a stranger without a link costs one look-up.
      const found = await find(token)
      if (!found) return dead
      const { email, name, id } = found.person
      const refused = (problem: PasswordProblem) => fail({ kind: 'refused', of: asRecovering(found), problem } as const)
      if (password.reveal() === '') return refused({ reason: 'missing' })
      const about = { email, names: [name], user: id, hasSecondFactor: found.hasSecond }
      const refusal = passwords.refusalOf(password, about)
      if (refusal) return refused(refusal)
      const verdict = await limit(id)
      if (!verdict.ok) return fail({ kind: 'limited', of: asRecovering(found), verdict } as const)
      const prepared = await passwords.prepare(password, about)
      if (!prepared.ok) return refused(prepared.error)

      return attempt(db, async (tx) => {
        // The person first and then the link, always: two who have a link each would wait for one another.
        const person = await people.hold(tx, id)
        const link = person && (await links.take(tx, by, 'recovery', token))
        const claim = claimShape.parse(link?.data ?? {})
        if (!person || !link || !stillCounts(claim, person)) return dead
        await replacePassword(tx, by, person, prepared.value, claim.email !== undefined, { device, place })
        if (claim.factors === 'taken-away') await takeFactorsAway(tx, by, person)
        const unlocked = (await people.unlock(tx, by, id)).ok
        if (claim.email !== undefined) await people.verifyEmail(tx, by, id, claim.email)
        const via = claim.email === undefined ? 'operator' : 'mail'
        await record(tx, by, { action: 'password.reset', target: id, after: { public: { via, unlocked } } })
        return ok(asRecovering(found))
      })
    },
  }
}

/** A mailbox that was the account's half an hour ago and is no more proves nothing about it, nor one that is not the owner's. */
const stillCounts = ({ email }: Claim, person: Person): boolean =>
  person.status !== 'disabled' && (email === undefined || (email === person.email && !person.emailDisowned))
