import type { Db } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import type { Log } from '../../lib/log.ts'
import { type AddPasskey, adding } from './add.ts'
import { type AskForPasskeys, asking } from './ask.ts'
import { challenging } from './challenge.ts'
import { type ManagePasskeys, managing } from './manage.ts'
import type { RecordPasskeyEvent, SealsOfPersons } from './ports.ts'
import { type ProvePasskey, proving } from './prove.ts'
import type { RelyingParty } from './relying-party.ts'
import { type PasskeySignals, signalling } from './signals.ts'

/**
 * Passkeys: asked for, answered, added, named, removed. What `prove` and `add` refuse is a value and not an error, so that
 * its transaction commits: a challenge is taken, and a copied passkey told, whatever came of it.
 */
export interface Passkeys<By> extends AskForPasskeys, ManagePasskeys<By>, PasskeySignals {
  readonly prove: ProvePasskey<By>
  readonly add: AddPasskey<By>
}

export interface PasskeysDeps<By> {
  readonly db: Db
  readonly party: RelyingParty
  readonly persons: SealsOfPersons
  readonly clock: Clock
  readonly log: Log
  readonly record: RecordPasskeyEvent<By>
}

export function createPasskeys<By>(deps: PasskeysDeps<By>): Passkeys<By> {
  const challenges = challenging(deps)
  return {
    ...asking({ ...deps, challenges }),
    ...managing(deps),
    ...signalling(deps),
    prove: proving({ ...deps, challenges }),
    add: adding({ ...deps, challenges }),
  }
}
