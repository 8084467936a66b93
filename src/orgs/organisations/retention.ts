import { fail, ok, type Result } from '../../lib/result.ts'
import { changing } from '../in-organisation.ts'
import type { Organisation, OrgId } from '../org.ts'
import { type Acting, within } from '../ports.ts'
import { updateAuditRetention } from '../store.ts'
import type { OrganisationsDeps } from './service.ts'

export type RetentionRefusal = 'not-found' | 'retention-invalid'

const LONGEST = 36_500
const isRetention = (days: number) => Number.isInteger(days) && days >= 1 && days <= LONGEST

/**
 * For whoever runs the instance alone, and as the owner of the tables: neither who is watched nor the login that serves
 * chooses how long it is remembered.
 */
export function changeAuditRetention<By extends Acting>({ owner, record }: OrganisationsDeps<By>) {
  return async (by: By, id: OrgId, days: number | null): Promise<Result<Organisation, RetentionRefusal>> => {
    if (days !== null && !isRetention(days)) return fail('retention-invalid')
    return changing(owner, id, async (tx, before): Promise<Result<Organisation, RetentionRefusal>> => {
      if (before.auditRetentionDays === days) return ok(before)
      await updateAuditRetention(tx, id, days)
      await record(tx, within(by, id), {
        action: 'organisation.updated',
        target: id,
        before: { public: { auditRetentionDays: before.auditRetentionDays } },
        after: { public: { auditRetentionDays: days } },
      })
      return ok({ ...before, auditRetentionDays: days })
    })
  }
}
