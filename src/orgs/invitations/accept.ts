import type { OrgTx } from '../../db/transaction.ts'
import type { LimitRefusal } from '../../http/limits/quota.ts'
import type { Id } from '../../lib/ids.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import type { Secret } from '../../lib/secret.ts'
import { changing } from '../in-organisation.ts'
import { keysOf } from '../memberships/join.ts'
import type { Organisation } from '../org.ts'
import { type Acting, type Role, within } from '../ports.ts'
import { addressedTo } from './addressee.ts'
import type { InvitationId } from './invitation.ts'
import type { Opening } from './open.ts'
import type { PasswordRefusal } from './ports.ts'
import type { InvitationsDeps } from './service.ts'
import { acceptInvitation } from './store.ts'

export interface Accepted {
  readonly organisation: Pick<Organisation, 'id' | 'slug' | 'name'>
  readonly person: Id<'usr'>
}

/** `dead` for every reason for which there is nothing to accept: whoever guesses learns nothing. */
export type AcceptFailure = 'dead' | 'other-person' | 'unverified' | 'already-member'

export interface ConfirmProblems {
  readonly name?: 'missing' | 'invalid'
  readonly password?: { readonly reason: 'missing' } | PasswordRefusal
}

/** `has-account`: the address has one, perhaps since a moment ago; it is for its owner to sign in. */
export type ConfirmFailure =
  | 'dead'
  | 'has-account'
  | { readonly reason: 'refused'; readonly problems: ConfirmProblems }
  /** Of many at once with one link each would be hashed, and one account is made. */
  | { readonly reason: 'limited'; readonly verdict: LimitRefusal }

interface Beginning {
  readonly organisation: Organisation
  readonly person: Id<'usr'>
  readonly invitation: InvitationId
  readonly roles: readonly Role[]
}

interface Chosen {
  readonly name: string
  readonly password: Secret<string>
  readonly locale: string
}

export function acceptance<By extends Acting, Hashed>(
  deps: InvitationsDeps<By, Hashed>,
  { find, standing, look }: Opening,
) {
  const { db, people, passwords, limitPasswords, join, readAddress, inNameOf, clock, record } = deps

  async function begin(
    tx: OrgTx,
    here: By,
    { organisation, person, invitation, roles }: Beginning,
  ): Promise<Result<Accepted, 'already-member'>> {
    const joined = await join(tx, here, organisation.id, person, roles)
    if (!joined.ok) return fail('already-member')
    await record(tx, here, {
      action: 'invitation.accepted',
      target: invitation,
      before: { public: { status: 'pending' } },
      after: { public: { status: 'accepted', member: person, roles: keysOf(roles) } },
    })
    return ok({ organisation, person })
  }

  /** Everything is judged once more, under the lock of the organisation; then the link is used up, and the membership begins. */
  async function take<E>(
    by: By,
    token: string,
    who: (tx: OrgTx, email: string) => Promise<Result<Id<'usr'>, E>>,
  ): Promise<Result<Accepted, E | 'dead' | 'already-member'>> {
    type Failure = E | 'dead' | 'already-member'
    const found = await find(token)
    if (!found) return fail('dead')
    const { invitation, tokenHash } = found
    const done = await changing(
      db,
      invitation.organisation,
      async (tx, organisation): Promise<Result<Accepted, Failure>> => {
        const roles = await standing(tx, invitation, organisation)
        if (!roles) return fail('dead')
        const person = await who(tx, invitation.email)
        if (!person.ok) return person
        // By the link that was shown: one that was resent or withdrawn since, or used by another, changes nothing here.
        if (!(await acceptInvitation(tx, invitation, tokenHash, person.value, clock.now()))) return fail('dead')
        const here = within(inNameOf(by, person.value), organisation.id)
        return begin(tx, here, { organisation, person: person.value, invitation: invitation.id, roles })
      },
    )
    return done.ok ? done : fail(done.error === 'not-found' ? 'dead' : done.error)
  }

  const isFor = addressedTo(readAddress)

  return {
    accept: (by: By, token: string, id: Id<'usr'>): Promise<Result<Accepted, AcceptFailure>> =>
      take(by, token, async (tx, email): Promise<Result<Id<'usr'>, AcceptFailure>> => {
        const person = await people.findIn(tx, id)
        if (person?.status !== 'active') return fail('other-person')
        const addressee = isFor({ email }, person)
        if (addressee === 'theirs') return ok(person.id)
        return fail(addressee === 'other' ? 'other-person' : addressee)
      }),

    acceptAsNew: async (
      by: By,
      token: string,
      { name, password, locale }: Chosen,
    ): Promise<Result<Accepted, ConfirmFailure>> => {
      // Before anything is judged or hashed: a stranger without a link costs one look-up.
      const seen = await look(token)
      if (!seen) return fail('dead')
      if (seen.hasAccount) return fail('has-account')
      const { email } = seen
      const person = { email, name, locale, emailVerified: true } as const
      const about = { email, names: [name] }
      const isBadName = people.problemsOf(person).includes('name-invalid')
      const badPassword =
        password.reveal() === '' ? { reason: 'missing' as const } : passwords.refusalOf(password, about)
      const problems: ConfirmProblems = {
        ...(name.trim() === '' ? { name: 'missing' } : isBadName ? { name: 'invalid' } : {}),
        ...(badPassword && { password: badPassword }),
      }
      const refused = (why: ConfirmProblems) => fail({ reason: 'refused', problems: why } as const)
      if (Object.keys(problems).length > 0) return refused(problems)
      const verdict = await limitPasswords(email)
      if (!verdict.ok) return fail({ reason: 'limited', verdict } as const)
      const prepared = await passwords.prepare(password, about)
      if (!prepared.ok) return refused({ password: prepared.error })

      const done = await take(by, token, async (tx): Promise<Result<Id<'usr'>, ConfirmFailure>> => {
        const created = await people.createIn(tx, by, person)
        if (!created.ok) return created.error === 'email-taken' ? fail('has-account') : refused({ name: 'invalid' })
        await passwords.store(tx, by, created.value.id, prepared.value)
        return ok(created.value.id)
      })
      if (done.ok) return done
      return fail(done.error === 'already-member' ? 'has-account' : done.error)
    },
  }
}
