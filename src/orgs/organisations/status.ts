import { fail, ok, type Result } from '../../lib/result.ts'
import { changing } from '../in-organisation.ts'
import type { Organisation, OrgId, OrgStatus } from '../org.ts'
import { type Acting, within } from '../ports.ts'
import { changeOrgStatus } from '../store.ts'
import type { OrganisationsDeps } from './service.ts'

export type StatusRefusal = 'not-found' | 'already'

const actions = {
  active: 'organisation.activated',
  suspended: 'organisation.suspended',
  deleted: 'organisation.deleted',
} as const

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
      if (to !== 'active') await revoked(tx, { organisation: id, reason: `organisation-${to}` })
      return ok({ ...before, status: to })
    })
}
