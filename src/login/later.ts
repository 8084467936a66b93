import type { Advance } from './advance.ts'
import type { ReadFacts } from './facts.ts'
import type { SignInDeps } from './service.ts'
import type { ReadStanding } from './standing.ts'

/** What the forms behind the first one share. */
export interface LaterDeps extends SignInDeps {
  readonly readFacts: ReadFacts
  readonly standingOf: ReadStanding
  readonly advance: Advance
}
