import type { Rule } from '../../factors/rule.ts'
import { rulesInSeat } from '../../factors/seat-rules.ts'
import type { Id } from '../../lib/ids.ts'
import type { Client } from '../../oidc/clients/client.ts'
import type { Organisation } from '../../orgs/org.ts'
import type { Policy } from '../../orgs/policy/policy.ts'
import { activeUsersAmong, listActiveUsers } from '../../users/store.ts'
import { userId } from '../../users/user.ts'
import type { ProgramsAtWork } from '../api-key/with-programs.ts'
import { type AskingRole, rolesToActWith, seatsOfEach } from './seats.ts'

/** One way in which somebody can sign in, with what is asked of them there as it stands, and as it is tried. */
interface Situation {
  readonly standing: readonly Rule[]
  readonly tried: readonly Rule[]
}

/** Somebody who can sign in. */
export interface Subject {
  readonly user: Id<'usr'>
  readonly situations: readonly Situation[]
}

export interface Page {
  readonly subjects: readonly Subject[]
  /** How many were looked at, also of those who cannot sign in. */
  readonly read: number
}

const PAGE = 500

interface ForEverybody extends Situation {
  /** For which organisations people sign in there: for none, for any, or for one in any case. */
  readonly organisations: Client['organisations']
}

/**
 * By the primary key, page after page: nobody is skipped or met twice when others come and go meanwhile. Beside the rule
 * that is tried stand those of each organisation that somebody can act for, and of their roles there, as at a sign-in.
 */
export async function* everybody(
  { services: { database } }: ProgramsAtWork,
  { standing, tried, organisations }: ForEverybody,
): AsyncGenerator<Page> {
  let after: Id<'usr'> | undefined
  for (;;) {
    const found = await listActiveUsers(database.app, after, PAGE)
    const seats = organisations === 'off' ? new Map<string, Rule[][]>() : await seatsOfEach(database.owner, found)
    const subjects = found.flatMap((user) => {
      const beside = [...(organisations === 'required' ? [] : [[]]), ...(seats.get(user) ?? [])]
      const situations = beside.map((rules) => ({ standing: [...standing, ...rules], tried: [...tried, ...rules] }))
      return situations.length > 0 ? [{ user, situations }] : []
    })
    yield { subjects, read: found.length }
    after = found.at(-1)
    if (found.length < PAGE) return
  }
}

interface Change {
  readonly organisation: Organisation
  readonly instance: Rule
  readonly tried: Policy
  /** Of this role there: its bearers alone. */
  readonly role?: { readonly id: Id<'rol'>; readonly mfa: AskingRole['mfa'] } | undefined
}

/** The same of the members of one organisation: beside its rule stand that of the instance and those of their roles. */
export async function* members(
  { access, orgs, services: { database } }: ProgramsAtWork,
  { organisation, instance, tried, role }: Change,
): AsyncGenerator<Page> {
  const roles = await access.list(organisation.id)
  const changed = roles.map((one) => (one.id === role?.id ? { ...one, mfa: role.mfa } : one))
  let after: Id<'usr'> | undefined
  for (;;) {
    const page = { org: organisation.id, kind: 'person', limit: PAGE, ...(after && { after }) } as const
    const found = (await orgs.memberships.list(page)).flatMap(({ member, ...rest }) =>
      userId.is(member) ? [{ user: member, ...rest }] : [],
    )
    const active = await activeUsersAmong(
      database.app,
      found.filter(({ status }) => status === 'active').map(({ user }) => user),
    )
    const subjects = found.flatMap(({ user, roles: held }): Subject[] => {
      if (!active.has(user) || (role && !held.includes(role.id))) return []
      const standing = rolesToActWith(roles, held)
      const after = rolesToActWith(changed, held)
      if (!standing || !after) return []
      const under = (policy: Policy, those: readonly AskingRole[]) => [instance, ...rulesInSeat(policy, those)]
      return [{ user, situations: [{ standing: under(organisation.policy, standing), tried: under(tried, after) }] }]
    })
    yield { subjects, read: found.length }
    after = found.at(-1)?.user
    if (found.length < PAGE) return
  }
}
