import { attempt } from '../../db/attempt.ts'
import { enterOrganisation, type OrgTx } from '../../db/transaction.ts'
import { fail, type Result } from '../../lib/result.ts'
import { deleteDomain, listDomains } from '../domains/store.ts'
import type { Organisation, OrgId } from '../org.ts'
import { type Acting, type EndingPrograms, within } from '../ports.ts'
import { deleteChoicesOf } from '../seats/store.ts'
import { holdOrganisation } from '../store.ts'
import type { OrganisationsDeps } from './service.ts'
import { changingStatusIn, type StatusRefusal } from './status.ts'

interface RemoveDeps<By> extends OrganisationsDeps<By> {
  readonly programs: EndingPrograms<By>
}

/** What others may have when it is gone, and what would point at it. Its slug is not among them. */
const lettingGo =
  <By extends Acting>({ record }: Pick<OrganisationsDeps<By>, 'record'>) =>
  async (tx: OrgTx, by: By, id: OrgId): Promise<void> => {
    for (const { domain, verified } of await listDomains(tx, id)) {
      await deleteDomain(tx, id, domain)
      await record(tx, within(by, id), {
        action: 'domain.removed',
        target: id,
        before: { public: { domain, verified: verified !== undefined } },
      })
    }
    await deleteChoicesOf(tx, id)
  }

export function removeOrganisation<By extends Acting>({ db, programs, ...deps }: RemoveDeps<By>) {
  const changeIn = changingStatusIn(deps)
  const letGo = lettingGo(deps)
  return (by: By, id: OrgId): Promise<Result<Organisation, StatusRefusal>> =>
    attempt(db, async (tx): Promise<Result<Organisation, StatusRefusal>> => {
      const scoped = await enterOrganisation(tx, id)
      await programs.hold(scoped, id)
      const before = await holdOrganisation(scoped, id)
      if (!before) return fail('not-found')
      await programs.end(scoped, by, id)
      await letGo(scoped, by, id)
      return changeIn(scoped, by, before, 'deleted')
    })
}
