import type { Lifetimes } from '../../config/lifetimes.ts'
import type { Db } from '../../db/types.ts'
import type { Client } from '../clients/client.ts'
import type { EnoughLevels } from '../strength/enough.ts'
import type { Unit } from '../unit/unit.ts'
import { type FoundRefresh, returnUse, rotateRefreshToken, type Used, type WholeRefresh } from './alone-store.ts'
import type { InFamily } from './family.ts'
import { refreshSpan } from './lifetimes.ts'
import { isSwitch } from './refreshing.ts'
import { isUsedAgain } from './rotation.ts'

/** What is judged outside of the refresh token, and is known before the token is looked at. */
export interface Beforehand {
  /** For which audiences a token would be issued to this client now. */
  readonly issuable: (client: Client) => Promise<readonly string[]>
  /** Levels of a sign-in that are enough for it without a further look. */
  readonly plainlyEnough: (client: Client) => EnoughLevels
  /** Bytes that a token may say of an organisation. */
  readonly largestClaims: number
}

export type Conditions = Pick<WholeRefresh, 'client' | 'audiences' | 'scopes' | 'window' | 'lives' | 'largestClaims'> &
  EnoughLevels

/**
 * A refresh that is committed before its answer is made: nothing should refuse it afterwards. So only one that is as plain as most are,
 * and all that the engine and we shall look at later is handed to the statement as a condition. What can still fail is the answer
 * itself (no connection for the person's name): then the use is returned. Undefined: what this request asks for has
 * to be judged while it can still be rolled back (another organisation, a key that it is bound to), or a lost answer could not be
 * asked for again, because there is no window.
 */
export async function conditionsFor(
  unit: Unit,
  client: Client,
  lifetimes: Lifetimes,
  retryWindow: number,
  { issuable, plainlyEnough, largestClaims }: Beforehand,
): Promise<Conditions | undefined> {
  const { resource, scope } = unit.engine?.oidc?.params ?? {}
  const isPlain =
    retryWindow > 0 &&
    !isUsedAgain(client) &&
    client.tokenBinding === 'none' &&
    !isSwitch(unit) &&
    unit.exchange.header('dpop') === undefined &&
    isAbsentOrText(resource) &&
    isAbsentOrText(scope)
  if (!isPlain || (await unit.held())) return undefined
  const audiences = await issuable(client)
  return {
    client: client.id,
    audiences: resource ? audiences.filter((audience) => audience === resource) : audiences,
    scopes: scope ? scope.split(' ') : null,
    ...plainlyEnough(client),
    window: retryWindow / 1000,
    lives: livesOf(lifetimes, client),
    largestClaims,
  }
}

const isAbsentOrText = (value: unknown): value is string | undefined => value === undefined || typeof value === 'string'

function livesOf(lifetimes: Lifetimes, client: Client): number[] {
  const [ending, outliving] = [refreshSpan(lifetimes, client, false), refreshSpan(lifetimes, client, true)]
  const all = [ending.idle, ending.absolute, lifetimes.session.absolute, outliving.idle, outliving.absolute]
  return all.map((ms) => ms / 1000)
}

/** Answered by one statement, with nothing left to write. */
export interface WholeUse extends InFamily {
  readonly whole: Pick<FoundRefresh, 'payload' | 'grant_payload' | 'org_id' | 'seat'> & {
    readonly use: 'first' | 'retry'
    readonly used: Used
  }
}

export async function wholeUse(db: Db, whole: WholeRefresh): Promise<WholeUse | InFamily | undefined | 'undecided'> {
  const { use, family, ...found } = await rotateRefreshToken(db, whole)
  switch (use) {
    case 'first':
    case 'retry':
      return { whole: { ...found, use, used: whole }, held: family, busy: null }
    case 'none':
      return undefined
    case 'busy':
      return { held: null, busy: family }
    case 'undecided':
      return use
  }
}

/** Each waits for a connection as long as any request does. */
const TRIES = 3

/**
 * A token that was used up for an answer that nobody got would, once the window is over, look like a stolen one: everything that came
 * of it would end, and its owner would be told of a thief. A retry beside it has the successor already, and keeps it.
 */
export function returnUnlessAnswered(unit: Unit, db: Db, used: Used): void {
  unit.orUndo(async () => {
    for (let tried = 1; ; tried++)
      try {
        await returnUse(db, used)
        return
      } catch (err) {
        if (tried < TRIES) continue
        unit.exchange.log.error({ err }, 'a refresh token stays used up although its answer failed')
        return
      }
  })
}
