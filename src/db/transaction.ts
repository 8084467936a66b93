import { sql } from 'kysely'
import { DEADLOCK } from '../errors/named.ts'
import { errorCode } from '../lib/error-code.ts'
import type { Id } from '../lib/ids.ts'
import { begin } from './pooled-db.ts'
import type { Db, Tx } from './types.ts'

declare const scope: unique symbol
/** A transaction that sees one organisation's rows. A store of an organisation's data takes this type, so it cannot be called without a scope. */
export type OrgTx = Tx & { readonly [scope]: 'organisation' }
/** A transaction that sees, to read, what is one member's own: their memberships, before an organisation is chosen. */
export type MemberTx = Tx & { readonly [scope]: 'member' }
/** A transaction that sees, to read, the one row that a credential opens. */
export type CredentialTx = Tx & { readonly [scope]: 'credential' }
/** A transaction of the owner role that has declared that it means every organisation. */
export type InstanceTx = Tx & { readonly [scope]: 'instance' }

/** Committed when the work is done, rolled back when it throws. */
export async function inTransaction<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  const transaction = await begin(db)
  let result: T
  try {
    result = await work(transaction.tx)
  } catch (error) {
    await transaction.rollback()
    throw error
  }
  await transaction.commit()
  return result
}

const MOST_ATTEMPTS = 3

/**
 * For what ends things that others hold in an order of their own: of two that wait for one another PostgreSQL throws one out, and
 * what was to end must not go on for that. The work is done anew from its beginning, so it decides nothing by what it kept outside.
 */
export async function untilNoDeadlock<T>(db: Db, work: (tx: Tx) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1)
    try {
      return await inTransaction(db, work)
    } catch (error) {
      if (errorCode(error) !== DEADLOCK || attempt === MOST_ATTEMPTS) throw error
    }
}

/** `SET LOCAL` ends with the transaction: a pooled connection never carries one request's scope into the next. */
export const inOrganisation = <T>(db: Db, organisation: Id<'org'>, work: (tx: OrgTx) => Promise<T>): Promise<T> =>
  inTransaction(db, async (tx) => work(await enterOrganisation(tx, organisation)))

/** By `current_person()`; a service account is a member like a person. Where `db` is a transaction already, within it. */
export const inMember = <T>(db: Db, member: Id<'usr'> | Id<'sva'>, work: (tx: MemberTx) => Promise<T>): Promise<T> => {
  const entered = async (tx: Tx) => work(await enterMember(tx, member))
  return isTransaction(db) ? entered(db) : inTransaction(db, entered)
}

const isTransaction = (db: Db): db is Tx => db.isTransaction

/** For a transaction that began without a scope, from here on. */
export async function enterMember(tx: Tx, member: Id<'usr'> | Id<'sva'>): Promise<MemberTx> {
  await sql`SELECT set_config('hearthkey.person', ${member.slice('usr_'.length)}, true)`.execute(tx)
  return tx as MemberTx
}

/** Whoever shows a credential has its hash computed by us: nobody can name the hash itself. */
export const inCredential = <T>(db: Db, hash: Buffer, work: (tx: CredentialTx) => Promise<T>): Promise<T> =>
  inTransaction(db, async (tx) => {
    await sql`SELECT set_config('hearthkey.credential', ${hash.toString('hex')}, true)`.execute(tx)
    return work(tx as CredentialTx)
  })

/** For a transaction that began without a scope and turns out to concern one organisation: from here on it has that one. */
export async function enterOrganisation(tx: Tx, organisation: Id<'org'>): Promise<OrgTx> {
  await sql`SELECT set_config('hearthkey.org', ${organisation.slice('org_'.length)}, true)`.execute(tx)
  return tx as OrgTx
}

/** Row security is forced for the owner too: a job that means every organisation has to say so. */
export const inInstance = <T>(owner: Db, work: (tx: InstanceTx) => Promise<T>): Promise<T> =>
  inTransaction(owner, async (tx) => work(await enterInstance(tx)))

/** For a transaction of the owner that began without a scope; of the serving role it would be believed by no policy. */
export async function enterInstance(tx: Tx): Promise<InstanceTx> {
  await sql`SELECT set_config('hearthkey.scope', 'instance', true)`.execute(tx)
  return tx as InstanceTx
}
