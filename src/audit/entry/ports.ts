import type { Db, Tx } from '../../db/types.ts'
import type { Id } from '../../lib/ids.ts'
import type { Result } from '../../lib/result.ts'

/** Where in the log something is sealed with a person's key. */
export type SealedIn =
  | { readonly table: 'events'; readonly column: 'personal' | 'ip' | 'user_agent'; readonly row: string }
  | { readonly table: 'audit_chain'; readonly column: 'actor_name_sealed'; readonly row: string }

/** `erased`: there is no key any more. `broken`: there is one, and it does not open this. */
export type OpenedSeals = (
  person: Id<'usr'>,
  place: SealedIn,
  sealed: Buffer,
) => Promise<Result<string, 'erased' | 'broken'>>

/** What the log asks of the keyring: the keys of all these persons, asked for at once. */
export type OpensForPersons = (db: Db | Tx, persons: readonly Id<'usr'>[]) => Promise<OpenedSeals>
