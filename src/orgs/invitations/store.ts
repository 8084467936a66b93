import { sql } from 'kysely'
import type { CredentialTx, OrgTx } from '../../db/transaction.ts'
import { defineId, type Id } from '../../lib/ids.ts'
import { roleId } from '../memberships/store.ts'
import { type OrgId, orgId } from '../org.ts'
import { type Invitation, type InvitationId, type InvitationStatus, invitationId } from './invitation.ts'

const userId = defineId('usr')

/** Written out: a partial index is used only where the statement itself says what the index leaves out. */
const pending = sql.lit('pending')

/** As it stands in the table: the address is opened by whoever has the key. */
export interface InvitationRow extends Omit<Invitation, 'email'> {
  readonly sealedEmail: Buffer
  readonly emailIndex: Buffer
}

const columns = [
  'id',
  'org_id',
  'email',
  'email_index',
  'role_ids',
  'status',
  'invited_by',
  'letters',
  'created_at',
  'sent_at',
  'expires_at',
] as const

interface Selected {
  readonly id: string
  readonly org_id: string
  readonly email: Buffer
  readonly email_index: Buffer
  readonly role_ids: string[]
  readonly status: string
  readonly invited_by: string
  readonly letters: number
  readonly created_at: Date
  readonly sent_at: Date
  readonly expires_at: Date
}

/** Whatever is not plainly open is not. */
const statusOf = (text: string): InvitationStatus =>
  text === 'pending' ? 'pending' : text === 'accepted' ? 'accepted' : 'withdrawn'

const toRow = (row: Selected): InvitationRow => ({
  id: invitationId.fromUuid(row.id),
  organisation: orgId.fromUuid(row.org_id),
  sealedEmail: row.email,
  emailIndex: row.email_index,
  roles: row.role_ids.map(roleId.fromUuid),
  status: statusOf(row.status),
  invitedBy: row.invited_by,
  letters: row.letters,
  createdAt: row.created_at,
  sentAt: row.sent_at,
  expiresAt: row.expires_at,
})

export async function insertInvitation(tx: OrgTx, row: InvitationRow, tokenHash: Buffer): Promise<void> {
  await tx
    .insertInto('invitations')
    .values({
      id: invitationId.toUuid(row.id),
      org_id: orgId.toUuid(row.organisation),
      email: row.sealedEmail,
      email_index: row.emailIndex,
      token_hash: tokenHash,
      role_ids: row.roles.map(roleId.toUuid),
      status: row.status,
      invited_by: row.invitedBy,
      letters: row.letters,
      created_at: row.createdAt,
      sent_at: row.sentAt,
      expires_at: row.expiresAt,
    })
    .execute()
}

/** By the unique index of `token_hash`, and past row security by that same hash alone. */
export async function findByToken(tx: CredentialTx, tokenHash: Buffer): Promise<InvitationRow | undefined> {
  const row = await tx.selectFrom('invitations').select(columns).where('token_hash', '=', tokenHash).executeTakeFirst()
  return row && toRow(row)
}

const ofOrg = (tx: OrgTx, org: OrgId) =>
  tx.selectFrom('invitations').select(columns).where('org_id', '=', orgId.toUuid(org))

export async function findInvitation(tx: OrgTx, org: OrgId, id: InvitationId): Promise<InvitationRow | undefined> {
  const row = await ofOrg(tx, org).where('id', '=', invitationId.toUuid(id)).executeTakeFirst()
  return row && toRow(row)
}

export async function findOpenFor(tx: OrgTx, org: OrgId, emailIndex: Buffer): Promise<InvitationRow | undefined> {
  const row = await ofOrg(tx, org)
    .where('email_index', '=', emailIndex)
    .where('status', '=', pending)
    .executeTakeFirst()
  return row && toRow(row)
}

/** Those that may still be accepted, and those that nobody has accepted in time; by invitations_of_org. */
export async function listOpen(
  tx: OrgTx,
  org: OrgId,
  after: InvitationId | undefined,
  limit: number,
): Promise<InvitationRow[]> {
  const page = ofOrg(tx, org).where('status', '=', pending).orderBy('id').limit(limit)
  const rows = await (after ? page.where('id', '>', invitationId.toUuid(after)) : page).execute()
  return rows.map(toRow)
}

/** The link before opens nothing any more: its hash is gone. */
export async function renewInvitation(
  tx: OrgTx,
  { id, organisation, invitedBy, letters, sentAt, expiresAt }: InvitationRow,
  tokenHash: Buffer,
): Promise<void> {
  await tx
    .updateTable('invitations')
    .set({ token_hash: tokenHash, invited_by: invitedBy, letters, sent_at: sentAt, expires_at: expiresAt })
    .where('org_id', '=', orgId.toUuid(organisation))
    .where('id', '=', invitationId.toUuid(id))
    .execute()
}

/** Compare and set, by the very link that was shown: of many at the same moment one gets true. */
export async function acceptInvitation(
  tx: OrgTx,
  { id, organisation }: Pick<Invitation, 'id' | 'organisation'>,
  tokenHash: Buffer,
  person: Id<'usr'>,
  at: Date,
): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('invitations')
    .set({ status: 'accepted', accepted_by: userId.toUuid(person), ended_at: at })
    .where('org_id', '=', orgId.toUuid(organisation))
    .where('id', '=', invitationId.toUuid(id))
    .where('token_hash', '=', tokenHash)
    .where('status', '=', 'pending')
    .where('expires_at', '>', at)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

export async function withdrawInvitation(tx: OrgTx, org: OrgId, id: InvitationId, at: Date): Promise<boolean> {
  const { numUpdatedRows } = await tx
    .updateTable('invitations')
    .set({ status: 'withdrawn', ended_at: at })
    .where('org_id', '=', orgId.toUuid(org))
    .where('id', '=', invitationId.toUuid(id))
    .where('status', '=', 'pending')
    .executeTakeFirst()
  return numUpdatedRows === 1n
}
