import { defineId, type Id } from '../lib/ids.ts'

export const revocationId = defineId('rvc')
export type RevocationId = Id<'rvc'>

/** What a token must carry to be meant: everything that is named here. */
export interface Carried {
  /** A person, a program or a client, as `sub` says it. */
  readonly sub?: string
  readonly organisation?: Id<'org'>
  readonly sid?: Id<'ses'>
  readonly clientId?: string
  readonly apiKey?: Id<'key'>
  /** For which it is. */
  readonly api?: Id<'api'>
}

/** "All tokens are dead" is nothing that a mistake may be able to say. */
export type Named = {
  readonly [Name in keyof Carried]-?: Carried & { readonly [Own in Name]-?: NonNullable<Carried[Own]> }
}[keyof Carried]

export type Announcement = Named & {
  /** Like `session-ended`. */
  readonly reason: string
  /** Until then they are good; where nothing is said they are dead at once. */
  readonly from?: Date
}

/** Tokens that were issued before `at` and carry all that is named are dead: at once, or `from` then on. */
export interface Revocation extends Carried {
  readonly id: RevocationId
  readonly at: Date
  readonly from?: Date
  readonly reason: string
}

/** As it is told: no token that it speaks of lives longer than that. */
export interface Announced extends Revocation {
  readonly expiresAt: Date
}
