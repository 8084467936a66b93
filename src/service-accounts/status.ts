import type { OrgTx } from '../db/transaction.ts'
import type { Clock } from '../lib/clock.ts'
import type { Acting, Announce, EndKeys, RecordAccountEvent } from './ports.ts'
import type { ServiceAccount, ServiceAccountStatus } from './service-account.ts'
import { changeStatus } from './store.ts'

export interface StatusDeps<By> {
  readonly endKeys: EndKeys<By>
  readonly announce: Announce
  readonly record: RecordAccountEvent<By>
  readonly clock: Clock
}

const actions = {
  active: 'service_account.enabled',
  disabled: 'service_account.disabled',
  removed: 'service_account.removed',
} as const

/** In the scope of the organisation that looks after it, when it was judged, and has left all others if it is to end. */
export const changingStatus =
  <By extends Acting>({ endKeys, announce, record, clock }: StatusDeps<By>) =>
  async (tx: OrgTx, by: By, { id, organisation, ...before }: ServiceAccount, to: ServiceAccountStatus) => {
    await changeStatus(tx, id, to, clock.now())
    await record(
      tx,
      { ...by, organisation },
      {
        action: actions[to],
        target: id,
        before: { public: { name: before.name, status: before.status } },
        after: { public: { status: to } },
      },
    )
    if (to === 'removed') await endKeys(tx, by, { organisation, owner: id })
    if (to !== 'active') await announce(tx, { sub: id, reason: `service-account-${to}` })
  }
