import type { EventWriter } from '../../audit/writer.ts'
import { inTransaction } from '../../db/transaction.ts'
import type { Db } from '../../db/types.ts'
import type { OutgoingClient } from '../../http/outgoing/outgoing.ts'
import { handle, type JobHandler } from '../../jobs/handler.ts'
import type { KeySet } from '../../keyring/signing/key-set.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import { findClient } from '../clients/store.ts'
import type { Subjects } from '../subjects.ts'
import { tellOfLogout } from './notice.ts'
import { Resting } from './resting.ts'
import { logoutToken } from './token.ts'

export const backChannelJobKinds = [tellOfLogout]

interface SendDeps {
  readonly issuer: string
  readonly db: Db
  readonly keySet: Pick<KeySet, 'fresh'>
  readonly subjects: Pick<Subjects, 'subjectFor' | 'sidFor'>
  readonly outgoing: Pick<OutgoingClient, 'send'>
  readonly events: Pick<EventWriter, 'recordEvent'>
  readonly clock: Clock
  readonly log: Log
}

class NotTold extends Error {
  override readonly name = 'NotTold'

  constructor(client: string, reason: string) {
    super(`${client} was not told of a sign-out: ${reason}`)
  }
}

/** Another attempt would find the same. */
const isFinal = (reason: string): boolean =>
  reason === 'address-refused' || reason === 'invalid-url' || reason === 'redirected'

/**
 * §2.5: a POST to the address that the client registered, through the guarded client, so it leads nowhere that the operator
 * did not allow. Nothing of the answer is read but its status; nothing of the address or the token goes to the log.
 */
export const backChannelJobHandlers = (deps: SendDeps): JobHandler[] => [telling(deps, new Resting(deps.clock))]

const telling = (deps: SendDeps, resting: Resting) =>
  handle(tellOfLogout, async ({ client: id, user, session }, { attempt }) => {
    const { issuer, db, keySet, subjects, outgoing, events, clock, log } = deps
    const isLast = attempt > tellOfLogout.retry.limit
    if (!isLast && resting.has(id)) throw new NotTold(id, 'it hung a moment ago')
    const client = await findClient(db, id)
    if (!client?.backchannelLogoutUri || client.disabledAt) return
    const { active } = await keySet.fresh()
    const token = await logoutToken(active, subjects, { issuer, client, user, session, at: clock.now() })
    const answer = await outgoing.send({
      method: 'POST',
      url: client.backchannelLogoutUri,
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ logout_token: token }).toString(),
    })
    const reason = !answer.ok
      ? answer.error.reason
      : answer.value.status === 200 || answer.value.status === 204
        ? undefined
        : `status-${answer.value.status}`
    if (reason === 'timeout') resting.add(id)
    if (reason === undefined) return
    if (!isLast && !isFinal(reason)) throw new NotTold(id, reason)
    log.warn({ client: id, reason, attempts: attempt }, 'a client could not be told that somebody signed out')
    await inTransaction(db, (tx) =>
      events.recordEvent(
        tx,
        { actor: { kind: 'system', id: tellOfLogout.name } },
        {
          action: 'logout_notice.failed',
          target: id,
          after: { public: { user, session, reason, attempts: attempt } },
        },
      ),
    )
  })
