import { fail, type Result } from '../../lib/result.ts'
import { changing } from '../in-organisation.ts'
import type { Organisation, OrgId } from '../org.ts'
import type { Acting } from '../ports.ts'
import { type Change, type ChangeRefusal, changingIn } from './change.ts'
import { isQuota } from './create.ts'
import { changingRetentionIn } from './retention.ts'
import type { OrganisationsDeps } from './service.ts'
import { changingTemplateIn, type TemplateRefusal } from './template.ts'

/** What no role has a permission for, beside what an organisation may change itself. */
export interface InstanceChange extends Change {
  /** How much an organisation may ask of the instance is not for the organisation to say. Null: what the instance gives. */
  readonly quota?: number | null
  /** Its members keep their roles, by their keys, and have what these may do in the other template. */
  readonly template?: string
  /** Neither who is watched nor the login that serves chooses how long it is remembered. Null: as long as the instance's. */
  readonly auditRetentionDays?: number | null
}

export type InstanceChangeRefusal = ChangeRefusal | TemplateRefusal | 'quota-invalid' | 'retention-invalid'

/** One transaction: whoever is told that it was refused has changed nothing. As the owner of the tables, who alone may write all of it. */
export function changeByInstance<By extends Acting>({ owner, ...deps }: OrganisationsDeps<By>) {
  const changeIn = changingIn(deps)
  const changeTemplateIn = changingTemplateIn(deps)
  const changeRetentionIn = changingRetentionIn(deps)
  return (
    by: By,
    id: OrgId,
    { quota, template, auditRetentionDays, ...own }: InstanceChange,
  ): Promise<Result<Organisation, InstanceChangeRefusal>> =>
    changing(owner, id, async (tx, before): Promise<Result<Organisation, InstanceChangeRefusal>> => {
      if (quota !== undefined && quota !== null && !isQuota(quota)) return fail('quota-invalid')
      const changed = await changeIn(tx, by, before, own, quota)
      if (!changed.ok) return changed
      const moved = template === undefined ? changed : await changeTemplateIn(tx, by, changed.value, template)
      if (!moved.ok || auditRetentionDays === undefined) return moved
      return changeRetentionIn(tx, by, moved.value, auditRetentionDays)
    })
}
