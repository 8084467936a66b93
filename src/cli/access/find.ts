import { inInstance, inOrganisation } from '../../db/transaction.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Api } from '../../oidc/apis/api.ts'
import { type Organisation, orgId } from '../../orgs/org.ts'
import { findBySlug, findOrganisation } from '../../orgs/store.ts'
import type { AccessAtWork } from './with-access.ts'

/** By id or slug, whichever the operator has at hand. */
export async function organisationNamed(
  { services }: Pick<AccessAtWork, 'services'>,
  which: string,
): Promise<Organisation> {
  const { app, owner } = services.database
  const found = orgId.is(which)
    ? await inOrganisation(app, which, (tx) => findOrganisation(tx, which))
    : await inInstance(owner, (tx) => findBySlug(tx, which))
  if (!found) throw new AppError('organisation-not-found', { detail: `No organisation has the id or name ${which}.` })
  return found
}

export async function apiNamed({ apis }: Pick<AccessAtWork, 'apis'>, audience: string): Promise<Api> {
  const found = await apis.find(audience)
  if (!found) throw apiUnknown(audience)
  return found
}

export const apiUnknown = (audience: string): AppError =>
  new AppError('api-invalid', {
    detail: `No API has the audience ${audience}.`,
    cure: 'hearthkey api list shows those that exist.',
  })
