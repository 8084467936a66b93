import type { ActorContext } from '../../audit/actor.ts'
import { openPostOffice } from '../../instance/post-office.ts'
import type { Outbox } from '../../mail/outbox.ts'
import type { CliContext } from '../context.ts'
import { withServices } from '../key/with-services.ts'

export interface OutboxAtWork {
  readonly outbox: Outbox<ActorContext>
  readonly by: ActorContext
}

export const withOutbox = <T>(context: CliContext, name: string, work: (at: OutboxAtWork) => Promise<T>) =>
  withServices(context, name, async (services) => {
    const { clock, log } = context
    const post = openPostOffice({ config: context.config(), services, clock, log })
    try {
      return await work({ outbox: post.outbox, by: { actor: { kind: 'operator', id: name } } })
    } finally {
      post.close()
    }
  })
