import type { OrgTx } from '../../db/transaction.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import type { Organisation } from '../org.ts'
import { type Acting, within } from '../ports.ts'
import { updateAuditRetention } from '../store.ts'
import type { OrganisationsDeps } from './service.ts'

const LONGEST = 36_500
const isRetention = (days: number) => Number.isInteger(days) && days >= 1 && days <= LONGEST

/** In the transaction that holds the organisation, as the owner of the tables. */
export const changingRetentionIn =
  <By extends Acting>({ record }: Pick<OrganisationsDeps<By>, 'record'>) =>
  async (
    tx: OrgTx,
    by: By,
    before: Organisation,
    days: number | null,
  ): Promise<Result<Organisation, 'retention-invalid'>> => {
    if (days !== null && !isRetention(days)) return fail('retention-invalid')
    const { id, auditRetentionDays } = before
    if (auditRetentionDays === days) return ok(before)
    await updateAuditRetention(tx, id, days)
    await record(tx, within(by, id), {
      action: 'organisation.updated',
      target: id,
      before: { public: { auditRetentionDays } },
      after: { public: { auditRetentionDays: days } },
    })
    return ok({ ...before, auditRetentionDays: days })
  }
