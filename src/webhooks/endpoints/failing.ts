import type { InstanceTx } from '../../db/transaction.ts'
import type { Endpoint } from './endpoint.ts'
import { difference, inLogOf } from './event.ts'
import type { Acting, RecordWebhookEvent, TellKeepers } from './ports.ts'
import { lockEndpoint, markDisabled } from './store.ts'

/** False when it was disabled or removed meanwhile: then nothing is said again. */
export type DisableFailing = (tx: InstanceTx, endpoint: Pick<Endpoint, 'id'>, at: Date) => Promise<boolean>

interface FailingDeps<By extends Acting> {
  readonly by: By
  readonly record: RecordWebhookEvent<By>
  readonly tell: TellKeepers
}

/** Nobody has answered for days: whoever looks after it is told, once, and what waits for it waits until they enable it. */
export const disablingFailing =
  <By extends Acting>({ by, record, tell }: FailingDeps<By>): DisableFailing =>
  async (tx, { id }, at) => {
    const endpoint = await lockEndpoint(tx, id)
    if (!endpoint || endpoint.disabledAt) return false
    await markDisabled(tx, id, 'failing', at)
    const disabled: Endpoint = { ...endpoint, disabledAt: at, disabledBecause: 'failing' }
    const { before, after } = difference(endpoint, disabled)
    await record(tx, inLogOf(by, endpoint), { action: 'webhook.disabled', target: id, before, after })
    await tell(tx, disabled, at)
    return true
  }
