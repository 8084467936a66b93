import { DatabaseError } from 'pg'
import type { OrgTx } from '../../db/transaction.ts'
import { type OrgId, orgId } from '../org.ts'

export type VerifiedBy = 'dns' | 'file' | 'operator'

export interface Domain {
  readonly domain: string
  /** What the domain's owner publishes. It proves, and opens nothing. */
  readonly challenge: string
  readonly verified: { readonly at: Date; readonly by: VerifiedBy } | undefined
}

interface Row {
  readonly domain: string
  readonly challenge: string
  readonly verified_at: Date | null
  readonly verified_by: string | null
}

const wayOf = (text: string): VerifiedBy => (text === 'dns' || text === 'file' ? text : 'operator')

const toDomain = ({ domain, challenge, verified_at, verified_by }: Row): Domain => ({
  domain,
  challenge,
  verified: verified_at && verified_by !== null ? { at: verified_at, by: wayOf(verified_by) } : undefined,
})

const ofOrg = (tx: OrgTx, org: OrgId) =>
  tx
    .selectFrom('organisation_domains')
    .select(['domain', 'challenge', 'verified_at', 'verified_by'])
    .where('org_id', '=', orgId.toUuid(org))

export const listDomains = async (tx: OrgTx, org: OrgId): Promise<Domain[]> =>
  (await ofOrg(tx, org).orderBy('domain').execute()).map(toDomain)

export async function findDomain(tx: OrgTx, org: OrgId, domain: string): Promise<Domain | undefined> {
  const row = await ofOrg(tx, org).where('domain', '=', domain).executeTakeFirst()
  return row && toDomain(row)
}

export async function isVerifiedDomain(tx: OrgTx, org: OrgId, domain: string): Promise<boolean> {
  return (await findDomain(tx, org, domain))?.verified !== undefined
}

export async function hasVerifiedDomain(tx: OrgTx, org: OrgId): Promise<boolean> {
  const row = await ofOrg(tx, org).where('verified_at', 'is not', null).limit(1).executeTakeFirst()
  return row !== undefined
}

/** False: it is there already. */
export async function insertDomain(
  tx: OrgTx,
  org: OrgId,
  domain: string,
  challenge: string,
  at: Date,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('organisation_domains')
    .values({ org_id: orgId.toUuid(org), domain, challenge, created_at: at })
    .onConflict((conflict) => conflict.columns(['org_id', 'domain']).doNothing())
    .executeTakeFirst()
  return numInsertedOrUpdatedRows === 1n
}

/** Compare and set, by the challenge that was looked up: false when it is another one by now, or verified already. */
export async function markVerified(
  tx: OrgTx,
  org: OrgId,
  { domain, challenge }: Pick<Domain, 'domain' | 'challenge'>,
  by: VerifiedBy,
  at: Date,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('organisation_domains')
    .set({ verified_at: at, verified_by: by })
    .where('org_id', '=', orgId.toUuid(org))
    .where('domain', '=', domain)
    .where('challenge', '=', challenge)
    .where('verified_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

export async function deleteDomain(tx: OrgTx, org: OrgId, domain: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom('organisation_domains')
    .where('org_id', '=', orgId.toUuid(org))
    .where('domain', '=', domain)
    .executeTakeFirst()
  return numDeletedRows === 1n
}

/** Whose it is cannot be seen from here; that it is somebody's, the unique index says. */
export const isTaken = (error: unknown): boolean =>
  error instanceof DatabaseError && error.code === '23505' && error.constraint === 'organisation_domains_of_one'
