import { type Asked, answerIn } from '../../db/asked.ts'
import { attempt } from '../../db/attempt.ts'
import { enterInstance, enterOrganisation, inInstance, inOrganisation } from '../../db/transaction.ts'
import type { Db } from '../../db/types.ts'
import type { Id } from '../../lib/ids.ts'
import { fail, type Result } from '../../lib/result.ts'
import type { Authority, HoldOrganisation } from './ports.ts'
import type { EndpointTx } from './store.ts'

/** Null: of the instance itself. */
export type Whose = Id<'org'> | null

interface ScopeDeps {
  readonly db: Db
  readonly owner: Db
  readonly hold: HoldOrganisation
}

/**
 * Endpoints of an organisation are changed by the role that serves, in the scope of that organisation: row security stands
 * behind whatever is asked here (threat 28). Those of the instance are changed by its own authority, as the owner: no
 * member of anything gets there.
 */
export const scopes = ({ db, owner, hold }: ScopeDeps) => ({
  /** For whoever may look after them; everybody else hears the same as if there were none. */
  read: <T>(whose: Whose, authority: Authority, work: (tx: EndpointTx) => Promise<T>): Promise<T | undefined> => {
    if (!authority.allows('webhooks.manage')) return Promise.resolve(undefined)
    if (whose !== null) return inOrganisation(db, whose, work)
    return authority.isOfInstance ? inInstance(owner, work) : Promise.resolve(undefined)
  },
  /** Who asks is judged by what they are when it is their turn. */
  change: <T, E>(
    whose: Whose,
    asked: Asked<Authority>,
    refusal: E,
    work: (tx: EndpointTx, authority: Authority) => Promise<Result<T, E>>,
  ): Promise<Result<T, E>> => {
    if (whose !== null)
      return attempt(db, async (tx): Promise<Result<T, E>> => {
        const scoped = await enterOrganisation(tx, whose)
        if (!(await hold(scoped, whose))) return fail(refusal)
        const authority = await answerIn(scoped, asked)
        return authority.allows('webhooks.manage') ? work(scoped, authority) : fail(refusal)
      })
    // A question is what a member of an organisation comes with.
    if (typeof asked === 'function' || !asked.isOfInstance) return Promise.resolve(fail(refusal))
    return attempt(owner, async (tx) => work(await enterInstance(tx), asked))
  },
})
