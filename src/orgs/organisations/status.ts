import type { OrgTx } from '../../db/transaction.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import { deleteDomain, listDomains } from '../domains/store.ts'
import { changing } from '../in-organisation.ts'
import type { Organisation, OrgId, OrgStatus } from '../org.ts'
import { type Acting, within } from '../ports.ts'
import { deleteChoicesOf } from '../seats/store.ts'
import { changeOrgStatus } from '../store.ts'
import type { OrganisationsDeps } from './service.ts'

export type StatusRefusal = 'not-found' | 'already'

const actions = {
  active: 'organisation.activated',
  suspended: 'organisation.suspended',
  deleted: 'organisation.deleted',
} as const

/** What others may have when it is gone, and what would point at it. Its slug is not among them. */
const letGo =
  <By extends Acting>(record: OrganisationsDeps<By>['record']) =>
  async (tx: OrgTx, by: By, id: OrgId): Promise<void> => {
    for (const { domain, verified } of await listDomains(tx, id)) {
      await deleteDomain(tx, id, domain)
      await record(tx, within(by, id), {
        action: 'domain.removed',
        target: id,
        before: { public: { domain, verified: verified !== undefined } },
      })
    }
    await deleteChoicesOf(tx, id)
  }

export function changeStatus<By extends Acting>({ db, clock, record, revoked }: OrganisationsDeps<By>) {
  return (by: By, id: OrgId, to: OrgStatus): Promise<Result<Organisation, StatusRefusal>> =>
    changing(db, id, async (tx, before): Promise<Result<Organisation, StatusRefusal>> => {
      if (before.status === to) return fail('already')
      await changeOrgStatus(tx, id, to, clock.now())
      await record(tx, within(by, id), {
        action: actions[to],
        target: id,
        before: { public: { status: before.status } },
        after: { public: { status: to } },
      })
      if (to === 'deleted') await letGo(record)(tx, by, id)
      if (to !== 'active') await revoked(tx, { organisation: id, reason: `organisation-${to}` })
      return ok({ ...before, status: to })
    })
}
