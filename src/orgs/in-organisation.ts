import { attempt } from '../db/attempt.ts'
import { enterOrganisation, inOrganisation, type OrgTx } from '../db/transaction.ts'
import type { Db } from '../db/types.ts'
import { fail, type Result } from '../lib/result.ts'
import type { Organisation, OrgId } from './org.ts'
import { findOrganisation, holdOrganisation } from './store.ts'

/**
 * A change in one organisation, in its scope, and after every other change of it: what was judged stays true until it is
 * written. A refusal leaves nothing behind.
 */
export const changing = <T, E>(
  db: Db,
  id: OrgId,
  work: (tx: OrgTx, organisation: Organisation) => Promise<Result<T, E>>,
): Promise<Result<T, E | 'not-found'>> =>
  attempt(db, async (tx): Promise<Result<T, E | 'not-found'>> => {
    const scoped = await enterOrganisation(tx, id)
    const organisation = await holdOrganisation(scoped, id)
    return organisation ? work(scoped, organisation) : fail('not-found')
  })

/** As it stands, without waiting for anybody: for what is judged again in the change itself. */
export const looking = <T, E>(
  db: Db,
  id: OrgId,
  work: (tx: OrgTx, organisation: Organisation) => Promise<Result<T, E>>,
): Promise<Result<T, E | 'not-found'>> =>
  inOrganisation(db, id, async (tx): Promise<Result<T, E | 'not-found'>> => {
    const organisation = await findOrganisation(tx, id)
    return organisation ? work(tx, organisation) : fail('not-found')
  })
