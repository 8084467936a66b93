import type { OrgTx } from '../../db/transaction.ts'
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

/** In the transaction that holds the organisation. */
export const changingStatusIn =
  <By extends Acting>({ clock, record, revoked }: Pick<OrganisationsDeps<By>, 'clock' | 'record' | 'revoked'>) =>
  async (tx: OrgTx, by: By, before: Organisation, to: OrgStatus): Promise<Result<Organisation, StatusRefusal>> => {
    if (before.status === to) return fail('already')
    const { id } = before
    await changeOrgStatus(tx, id, to, clock.now())
    await record(tx, within(by, id), {
      action: actions[to],
      target: id,
      before: { public: { status: before.status } },
      after: { public: { status: to } },
    })
    if (to !== 'active') await revoked(tx, { organisation: id, reason: `organisation-${to}` })
    return ok({ ...before, status: to })
  }

export function changeStatus<By extends Acting>({ db, ...deps }: OrganisationsDeps<By>) {
  const changeIn = changingStatusIn(deps)
  return (by: By, id: OrgId, to: 'active' | 'suspended'): Promise<Result<Organisation, StatusRefusal>> =>
    changing(db, id, (tx, before) => changeIn(tx, by, before, to))
}
