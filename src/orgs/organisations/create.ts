import { attempt } from '../../db/attempt.ts'
import { enterOrganisation } from '../../db/transaction.ts'
import type { Id } from '../../lib/ids.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import type { JoinMember } from '../memberships/join.ts'
import { parseOrgName } from '../name.ts'
import { isSlug, type Organisation, orgId } from '../org.ts'
import { noPolicy } from '../policy/policy.ts'
import { type Acting, within } from '../ports.ts'
import { noSettings } from '../settings.ts'
import { countOrganisations, insertOrganisation } from '../store.ts'
import { factsOf } from './facts.ts'
import type { OrganisationsDeps } from './service.ts'

export interface NewOrganisation {
  readonly slug: string
  readonly name: string
  readonly template: string
  /** Gets every role that the organisation must keep. */
  readonly owner?: Id<'usr'>
  readonly quota?: number
}

export type CreateRefusal =
  | 'slug-invalid'
  | 'slug-taken'
  | 'name-invalid'
  | 'template-unknown'
  | 'owner-unknown'
  | 'quota-invalid'

export const isQuota = (quota: number): boolean => Number.isInteger(quota) && quota > 0 && quota <= 2_147_483_647

interface CreateDeps<By> extends OrganisationsDeps<By> {
  readonly join: JoinMember<By>
}

/** With its owner or not at all: an organisation that nobody can manage comes only from whoever asked for one. */
export function createOrganisation<By extends Acting>({
  db,
  people,
  roles,
  clock,
  record,
  join,
  assertRoom,
}: CreateDeps<By>) {
  return async (by: By, wanted: NewOrganisation): Promise<Result<Organisation, CreateRefusal>> => {
    const { slug, template, owner, quota = null } = wanted
    if (!isSlug(slug)) return fail('slug-invalid')
    const name = parseOrgName(wanted.name)
    if (!name.ok) return name
    if (quota !== null && !isQuota(quota)) return fail('quota-invalid')
    const organisation: Organisation = {
      id: orgId.generate(),
      slug,
      name: name.value,
      status: 'active',
      template,
      policy: noPolicy,
      settings: noSettings,
      quota,
      auditRetentionDays: null,
      createdAt: clock.now(),
    }
    return attempt(db, async (unscoped): Promise<Result<Organisation, CreateRefusal>> => {
      const tx = await enterOrganisation(unscoped, organisation.id)
      const person = owner && (await people.findIn(tx, owner))
      if (owner && person?.status !== 'active') return fail('owner-unknown')
      if (!/^[a-z][a-z0-9-]{0,49}$/.test(template)) return fail('template-unknown')
      await assertRoom(tx, () => countOrganisations(tx))
      if (!(await insertOrganisation(tx, organisation))) return fail('slug-taken')
      const given = await roles.rolesHere(tx)
      if (given.length === 0) return fail('template-unknown')
      const here = within(by, organisation.id)
      await record(tx, here, {
        action: 'organisation.created',
        target: organisation.id,
        after: { public: factsOf(organisation) },
      })
      if (owner)
        await join(
          tx,
          here,
          organisation.id,
          owner,
          given.filter(({ kept }) => kept),
        )
      return ok(organisation)
    })
  }
}
