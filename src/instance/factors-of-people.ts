import { beginGrace, findHeld } from '../factors/store.ts'
import { readProofs } from '../factors/stored.ts'
import type { FactorsOfPeople } from '../oidc/ports.ts'
import { findProofs } from '../sessions/store.ts'

/** What the protocol asks of what people have proven and could prove. */
export const factorsOfPeople: FactorsOfPeople = {
  heldBy: findHeld,
  proofsOf: async (db, session, user) => readProofs((await findProofs(db, session, user)) ?? []),
  beginGrace,
}
