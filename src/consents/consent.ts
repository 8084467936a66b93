import type { Agreed } from './agreed.ts'

/** What a person agreed to for one application: it outlives every session, until they take it back. */
export interface Consent extends Agreed {
  readonly clientId: string
  readonly givenAt: Date
  readonly changedAt: Date
}
