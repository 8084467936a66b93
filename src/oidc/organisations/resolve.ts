import type { EngineContext } from 'oidc-provider'
import { inTransaction } from '../../db/transaction.ts'
import type { Db } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import { defineId, type Id } from '../../lib/ids.ts'
import { isBuiltIn } from '../clients/built-in.ts'
import { recordOf } from '../engine/engine-clients.ts'
import type { Organisations } from '../ports.ts'
import { currentUnit } from '../unit/units.ts'
import type { SeatRefusal, TakeSeat } from './seating.ts'

const userId = defineId('usr')

/** For which organisation somebody signs in. */
export type Resolution =
  /** Nobody is signed in yet, or the application does not ask. */
  | { readonly kind: 'none' }
  | { readonly kind: 'organisation'; readonly id: Id<'org'> }
  | { readonly kind: 'choose' }
  | { readonly kind: 'refused'; readonly why: SeatRefusal | { readonly kind: 'has-none' } }

export interface ResolveDeps {
  readonly db: Db
  readonly organisations: Organisations
  readonly takeSeat: TakeSeat
  readonly clock: Clock
}

/**
 * In this order: what the application asks for, what the person has just chosen, the only one there is, the one that they
 * chose last in this application. Whichever it is, membership and policy are judged now.
 */
export const resolveOrganisation =
  ({ db, organisations, takeSeat, clock }: ResolveDeps) =>
  async (ctx: EngineContext): Promise<Resolution> => {
    const { client, session, params, result } = ctx.oidc
    const user = session?.accountId
    if (!client || isBuiltIn(client.clientId) || !user || !userId.is(user)) return { kind: 'none' }
    const { organisations: use } = recordOf(client)
    if (use === 'off') return { kind: 'none' }

    const find = async (): Promise<Id<'org'> | Resolution> => {
      const asked = params?.['organization']
      if (typeof asked === 'string')
        return (await organisations.named(db, user, asked)) ?? { kind: 'refused', why: { kind: 'no-member' } }
      const theirs = await organisations.toChoose(db, user)
      const [only, ...more] = theirs
      if (!only) return use === 'required' ? { kind: 'refused', why: { kind: 'has-none' } } : { kind: 'none' }
      if (more.length === 0) return only.id
      const chosen = result?.organization?.id ?? (await organisations.remembered(db, user, client.clientId))
      return theirs.find(({ id }) => id === chosen)?.id ?? { kind: 'choose' }
    }

    const found = await find()
    if (typeof found !== 'string') return found
    const { loginTs = 0, acr = '', amr = [] } = session
    const signedIn = { at: new Date(loginTs * 1000), acr, amr }
    const standing = { now: clock.now(), signedIn, ip: currentUnit().exchange.clientIp }
    const seated = await inTransaction(db, (tx) => takeSeat(tx, found, user, standing))
    return seated.ok ? { kind: 'organisation', id: found } : { kind: 'refused', why: seated.error }
  }
