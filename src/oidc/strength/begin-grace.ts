import type { ActorContext } from '../../audit/actor.ts'
import type { BeginGrace as BeginAndRecord } from '../../factors/begin-grace.ts'
import type { Id } from '../../lib/ids.ts'
import { byIn } from '../unit/by.ts'
import { currentUnit } from '../unit/units.ts'

/** With what the request writes: the time that somebody has runs from the first token that the rule was met for, not for ever. */
export type BeginGrace = (user: Id<'usr'>, grace: number) => void

export const withTheRequest =
  (begin: BeginAndRecord<ActorContext>): BeginGrace =>
  (user, grace) => {
    const unit = currentUnit()
    unit.write((tx) => begin(tx, byIn(unit, { kind: 'person', id: user }), user, grace))
  }
