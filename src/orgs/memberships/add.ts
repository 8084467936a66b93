import { type Asked, answerIn } from '../../db/asked.ts'
import type { OrgTx } from '../../db/transaction.ts'
import { defineId } from '../../lib/ids.ts'
import { fail, type Result } from '../../lib/result.ts'
import { changing } from '../in-organisation.ts'
import type { Organisation, OrgId } from '../org.ts'
import { type Acting, type Authority, within } from '../ports.ts'
import { kindOf } from './member-id.ts'
import type { MemberId, Membership } from './membership.ts'
import { notingRefusals } from './refused.ts'
import type { MembershipsDeps } from './service.ts'

const userId = defineId('usr')
const serviceAccountId = defineId('sva')

export type AddRefusal =
  | 'not-found'
  | 'forbidden'
  | 'beyond-authority'
  | 'person-unknown'
  /** Or another organisation looks after it, which alone decides where it works: it, or the instance for it. */
  | 'program-unknown'
  | 'program-not-active'
  /** The policy wants a proven address in one of the organisation's proven domains. */
  | 'address-not-admitted'
  | 'already'
  | { readonly reason: 'roles-unknown'; readonly unknown: readonly string[] }

export function addMember<By extends Acting>(deps: MembershipsDeps<By>) {
  const { db, people, programs, roles, admits, join } = deps
  const noting = notingRefusals(deps)
  const addIn = async (
    tx: OrgTx,
    by: By,
    authority: Authority,
    organisation: Organisation,
    member: MemberId,
    keys: readonly string[],
  ): Promise<Result<Membership, AddRefusal>> => {
    const isPerson = kindOf(member) === 'person'
    if (!authority.allows(isPerson ? 'members.invite' : 'service-accounts.manage')) return fail('forbidden')
    const named = await roles.rolesNamed(tx, organisation.template, keys)
    if (!named.ok) return fail({ reason: 'roles-unknown', unknown: named.error.unknown })
    if (!authority.mayGive(named.value)) return fail('beyond-authority')
    if (userId.is(member)) {
      const person = await people.findIn(tx, member)
      if (person?.status !== 'active') return fail('person-unknown')
      const isAdmitted = organisation.policy.membersFrom !== 'verified-domains' || person.emailVerified
      if (!(isAdmitted && (await admits(tx, organisation, person.email)))) return fail('address-not-admitted')
    }
    if (serviceAccountId.is(member)) {
      const program = await programs.findIn(tx, member)
      const isTheirs = authority.isOfInstance || program?.organisation === organisation.id
      if (!program || !isTheirs) return fail('program-unknown')
      if (program.status !== 'active') return fail('program-not-active')
    }
    return join(tx, within(by, organisation.id), organisation.id, member, named.value)
  }
  return {
    addIn,
    add: (by: By, authority: Asked<Authority>, org: OrgId, member: MemberId, keys: readonly string[]) =>
      noting(
        by,
        org,
        { member, roles: keys },
        changing<Membership, AddRefusal>(db, org, async (tx, organisation) =>
          addIn(tx, by, await answerIn(tx, authority), organisation, member, keys),
        ),
      ),
  }
}
