import type { EngineContext } from 'oidc-provider'
import { inTransaction } from '../../db/transaction.ts'
import type { Db } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Id } from '../../lib/ids.ts'
import { isBuiltIn } from '../clients/built-in.ts'
import { recordOf } from '../engine/engine-clients.ts'
import type { Organisations } from '../ports.ts'
import { isBackFromSignIn, rulesHere, signedInHere } from '../strength/check.ts'
import { currentUnit } from '../unit/units.ts'
import type { SeatRefusal, TakeSeat } from './seating.ts'

/** The reason of the engine's for another sign-in that an organisation asks for. */
export const ASKED_BY_ORGANISATION = 'organization_policy'

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
    const { client, params, result } = ctx.oidc
    const signedIn = signedInHere(ctx)
    if (!client || isBuiltIn(client.clientId) || !signedIn) return { kind: 'none' }
    const { user } = signedIn
    const { organisations: use } = recordOf(client)
    if (use === 'off')
      return params?.['organization'] === undefined ? { kind: 'none' } : { kind: 'refused', why: { kind: 'no-member' } }

    const seat = async (id: Id<'org'>): Promise<Resolution> => {
      const moment = isBackFromSignIn(ctx, ASKED_BY_ORGANISATION) ? 'back' : 'sign-in'
      const ip = currentUnit().exchange.clientIp
      const acting = { now: clock.now(), signedIn, ip, rules: rulesHere(ctx), moment } as const
      const seated = await inTransaction(db, (tx) => takeSeat(tx, id, user, acting))
      return seated.ok ? { kind: 'organisation', id } : { kind: 'refused', why: seated.error }
    }
    const asked = params?.['organization']
    if (typeof asked === 'string') {
      const named = await organisations.named(db, user, asked)
      return named ? seat(named) : { kind: 'refused', why: { kind: 'no-member' } }
    }
    const theirs = await currentUnit().choices(user, () => organisations.toChoose(db, user))
    const [only, ...more] = theirs
    if (!only) return use === 'required' ? { kind: 'refused', why: { kind: 'has-none' } } : { kind: 'none' }
    if (more.length === 0) {
      const alone = await seat(only.id)
      // An application that does without is not shut by one that does not let this person in.
      return use === 'ask' && isShut(alone) ? { kind: 'none' } : alone
    }
    const isOneOfThem = (id: string | undefined) => theirs.find((one) => one.id === id)?.id
    const chosen = isOneOfThem(result?.organization?.id)
    if (chosen) return seat(chosen)
    const remembered = isOneOfThem(await organisations.remembered(db, user, client.clientId))
    if (!remembered) return { kind: 'choose' }
    const again = await seat(remembered)
    // Nobody has chosen it now: whoever is not let in there may still work for another one.
    return isShut(again) ? { kind: 'choose' } : again
  }

/** A newer sign-in would not help. */
const isShut = (found: Resolution): boolean => found.kind === 'refused' && found.why.kind !== 'sign-in-again'
