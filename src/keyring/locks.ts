import { sql } from 'kysely'
import type { Tx } from '../db/types.ts'

/** `hkey` as a number: the class of every advisory lock of this room. The guard in migration 0002 takes SEALS by number. */
const CLASS = 1_751_868_793
const LOCKS = { keyring: 1, seals: 2, signingKeys: 3 } as const

/** One change at a time to what wraps and what is wrapped, on every instance; the files in the keys directory included. */
export const lockKeyring = (tx: Tx): Promise<unknown> => lock(tx, LOCKS.keyring)

/** One change at a time to the set of signing keys. */
export const lockSigningKeys = (tx: Tx): Promise<unknown> => lock(tx, LOCKS.signingKeys)

/** Waits for every transaction that has written a seal, and holds back new ones until this one ends. */
export const lockOutSeals = (tx: Tx): Promise<unknown> => lock(tx, LOCKS.seals)

const lock = (tx: Tx, which: number) => sql`SELECT pg_advisory_xact_lock(${CLASS}::int, ${which}::int)`.execute(tx)
