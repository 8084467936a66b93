import { inOrganisation } from '../../db/transaction.ts'
import type { Db } from '../../db/types.ts'
import type { Result } from '../../lib/result.ts'
import type { OrgId } from '../org.ts'
import { type Acting, type RecordOrgEvent, within } from '../ports.ts'
import type { MemberId } from './membership.ts'

interface RefusedDeps<By> {
  readonly db: Db
  readonly record: RecordOrgEvent<By>
}

interface Wanted {
  /** Who was to get or lose them; of an invitation nobody is said, for whom it was meant for is known to nobody yet. */
  readonly member?: MemberId
  readonly roles: readonly string[]
}

/**
 * Whoever reaches for a role above what they may give is worth a look, though nothing was changed: it stands in the log of their
 * organisation. In a transaction of its own, when the refused one has ended.
 */
export const notingRefusals =
  <By extends Acting>({ db, record }: RefusedDeps<By>) =>
  async <T, E>(
    by: By,
    org: OrgId,
    { member, roles }: Wanted,
    refused: Promise<Result<T, E>>,
  ): Promise<Result<T, E>> => {
    const done = await refused
    if (!done.ok && done.error === 'beyond-authority')
      await inOrganisation(db, org, (tx) =>
        record(tx, within(by, org), {
          action: 'role.grant_refused',
          target: org,
          after: { public: { roles: [...new Set(roles)], ...(member !== undefined && { member }) } },
        }),
      )
    return done
  }
