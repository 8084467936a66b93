import { attempt } from '../db/attempt.ts'
import { inTransaction } from '../db/transaction.ts'
import type { Db } from '../db/types.ts'
import { ACCOUNT_PATH } from '../http/input/way-back.ts'
import type { LimitRefusal, LimitVerdict } from '../http/limits/quota.ts'
import type { Clock } from '../lib/clock.ts'
import { fail, ok, type Result } from '../lib/result.ts'
import { Secret } from '../lib/secret.ts'
import type { Links, Mail, Passwords, People, ReadAddress } from './ports.ts'
import {
  admits,
  type Claim,
  type ConfirmProblems,
  claimShape,
  type RegistrationPolicy,
  withToken,
} from './registration.ts'

interface Asked {
  readonly email: string
  /** Of the page: the letter is in the same language. */
  readonly locale: string
  readonly back?: string | undefined
}

interface Chosen {
  readonly name: string
  readonly password: Secret<string>
}

/** `dead`: used, expired or never issued. `taken`: somebody has got an account with the address since the link was sent. */
export type ConfirmFailure =
  | { readonly kind: 'dead' }
  | { readonly kind: 'taken'; readonly claim: Claim }
  | { readonly kind: 'refused'; readonly claim: Claim; readonly problems: ConfirmProblems }
  /** Of many at once with one link each would be hashed, and one account is made. */
  | { readonly kind: 'limited'; readonly claim: Claim; readonly verdict: LimitRefusal }

/** Public: whoever is refused for their domain is told which ones are taken, and none where registration is closed. */
export type AddressRefusal =
  | { readonly kind: 'email-invalid' }
  | { readonly kind: 'other-domain'; readonly domains: readonly string[] }

export interface Registration<By> {
  readonly policy: RegistrationPolicy
  readonly minLength: number
  /** `sent` whether there is an account or not: the letter alone says which. */
  ask(by: By, asked: Asked): Promise<'sent' | AddressRefusal>
  opens(token: string): Promise<Claim | undefined>
  confirm(by: By, token: string, chosen: Chosen): Promise<Result<Claim, ConfirmFailure>>
}

interface RegistrationDeps<By, Hashed> {
  readonly db: Db
  readonly policy: RegistrationPolicy
  readonly issuerUrl: string
  readonly people: People<By>
  readonly readAddress: ReadAddress
  readonly passwords: Passwords<By, Hashed>
  readonly links: Links<By>
  readonly mail: Mail
  /** How often a password for that address is judged. */
  readonly limit: (email: string) => Promise<LimitVerdict>
  readonly clock: Clock
}

const MINUTE = 60_000
const dead = fail({ kind: 'dead' } as const)

export function createRegistration<By, Hashed>(deps: RegistrationDeps<By, Hashed>): Registration<By> {
  const { db, policy, issuerUrl, people, readAddress, passwords, links, mail, limit, clock } = deps
  const url = (path: string) => new URL(path, issuerUrl).href

  /** What was sent while the policy was another one counts no more than the policy of now lets it. */
  function claimIn(data: unknown): Claim | undefined {
    const claim = claimShape.parse(data)
    const address = readAddress(claim.email)
    return address.ok && admits(policy, address.value.domain) ? claim : undefined
  }
  const opens = async (token: string): Promise<Claim | undefined> => {
    const link = await links.look('registration', token)
    return link && claimIn(link.data)
  }

  return {
    policy,
    minLength: passwords.minLength,
    opens,

    ask: async (by, { email, locale, back }) => {
      const read = readAddress(email)
      if (!read.ok) return { kind: read.error }
      const { address, domain } = read.value
      if (!admits(policy, domain)) return { kind: 'other-domain', domains: policy.domains }
      const known = await people.findByEmail(address)
      // Whoever is known gets a link as well, one that nobody is ever told: both ways do the same work (threat 25).
      await inTransaction(db, async (tx) => {
        const data = { email: address, locale, ...(back !== undefined && { back }) }
        const { token, expiresAt } = await links.issue(tx, by, { purpose: 'registration', data })
        const validFor = Math.round((expiresAt.getTime() - clock.now().getTime()) / MINUTE)
        const invitation = { name: 'registration', url: new Secret(url(withToken(token.reveal()))), validFor } as const
        const reminder = {
          name: 'already-registered',
          signInUrl: url(ACCOUNT_PATH),
          recoverUrl: url('/recover'),
        } as const
        const to = known
          ? { address: known.email, name: known.name, locale: known.locale ?? locale, person: known.id }
          : { address, locale }
        await mail.send(tx, { to, message: known ? reminder : invitation, expiresAt })
      })
      return 'sent'
    },

    confirm: async (by, token, { name, password }) => {
      // Before anything is judged or hashed: a stranger without a link costs one look-up.
      const claim = await opens(token)
      if (!claim) return dead
      const { email, locale } = claim
      const refused = (problems: ConfirmProblems) => fail({ kind: 'refused', claim, problems } as const)
      const person = { name, email, locale, emailVerified: true } as const
      const about = { email, names: [name] }
      const problems: ConfirmProblems = {
        ...nameProblem(name, people.problemsOf(person).includes('name-invalid')),
        ...passwordProblem(password, passwords.refusalOf(password, about)),
      }
      if (Object.keys(problems).length > 0) return refused(problems)
      // Before the hash, and for good: a link that leads nowhere must not be a way to have passwords hashed.
      if (await people.findByEmail(email)) {
        const used = await inTransaction(db, (tx) => links.take(tx, by, 'registration', token))
        return used ? fail({ kind: 'taken', claim } as const) : dead
      }
      const verdict = await limit(email)
      if (!verdict.ok) return fail({ kind: 'limited', claim, verdict } as const)
      const prepared = await passwords.prepare(password, about)
      if (!prepared.ok) return refused({ password: prepared.error })

      return attempt(db, async (tx) => {
        if (!(await links.take(tx, by, 'registration', token))) return dead
        const created = await people.createIn(tx, by, person)
        if (!created.ok)
          return created.error === 'name-invalid'
            ? refused({ name: 'invalid' })
            : fail({ kind: 'taken', claim } as const)
        await passwords.store(tx, by, created.value.id, prepared.value)
        return ok(claim)
      })
    },
  }
}

function nameProblem(name: string, isInvalid: boolean): Pick<ConfirmProblems, 'name'> {
  if (name.trim() === '') return { name: 'missing' }
  return isInvalid ? { name: 'invalid' } : {}
}

function passwordProblem(
  password: Secret<string>,
  refusal: ConfirmProblems['password'] | undefined,
): Pick<ConfirmProblems, 'password'> {
  if (password.reveal() === '') return { password: { reason: 'missing' } }
  return refusal === undefined ? {} : { password: refusal }
}
