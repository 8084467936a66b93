import type { Rule } from '../../factors/rule.ts'
import type { Id } from '../../lib/ids.ts'
import { rulesOfOrganisation } from '../../oidc/strength/rules.ts'
import type { Organisation } from '../../orgs/org.ts'
import type { Policy } from '../../orgs/policy/policy.ts'
import type { User } from '../../users/user.ts'
import { userId } from '../../users/user.ts'
import type { ProgramsAtWork } from '../api-key/with-programs.ts'

/** Somebody who can sign in, with what is asked of them as it stands, and as it is tried. */
export interface Subject {
  readonly user: User
  readonly standing: readonly Rule[]
  readonly tried: readonly Rule[]
}

export interface Page {
  readonly subjects: readonly Subject[]
  /** How many were looked at, also of those who cannot sign in. */
  readonly read: number
}

const PAGE = 500

/** By the primary key, page after page: nobody is skipped or met twice when others come and go meanwhile. */
export async function* everybody(
  { people }: ProgramsAtWork,
  { standing, tried }: { readonly standing: Rule; readonly tried: Rule },
): AsyncGenerator<Page> {
  let after: Id<'usr'> | undefined
  for (;;) {
    const found = await people.users.list({ limit: PAGE, ...(after && { after }) })
    const active = found.filter(({ status }) => status === 'active')
    yield { subjects: active.map((user) => ({ user, standing: [standing], tried: [tried] })), read: found.length }
    after = found.at(-1)?.id
    if (found.length < PAGE) return
  }
}

interface Change {
  readonly organisation: Organisation
  readonly instance: Rule
  readonly tried: Policy
}

/** The same of the members of one organisation: beside its rule stand that of the instance and those of their roles. */
export async function* members(at: ProgramsAtWork, { organisation, instance, tried }: Change): AsyncGenerator<Page> {
  const roles = await at.access.list(organisation.id)
  let after: Id<'usr'> | undefined
  for (;;) {
    const page = { org: organisation.id, kind: 'person', limit: PAGE, ...(after && { after }) } as const
    const found = await at.orgs.memberships.list(page)
    const subjects: Subject[] = []
    for (const { member, status, roles: held } of found) {
      if (!userId.is(member)) continue
      after = member
      const user = status === 'active' ? await at.people.users.find(member) : undefined
      if (user?.status !== 'active') continue
      const usable = roles.filter(({ id, apiOnly }) => held.includes(id) && !apiOnly)
      const under = (policy: Policy) => [instance, ...rulesOfOrganisation(policy, usable)]
      subjects.push({ user, standing: under(organisation.policy), tried: under(tried) })
    }
    yield { subjects, read: found.length }
    if (found.length < PAGE) return
  }
}
