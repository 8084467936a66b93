import { randomBytes } from 'node:crypto'
import type { RoleId } from '../../access/role.ts'
import { toBase64url } from '../../lib/base64url.ts'
import { sha256 } from '../../lib/hash.ts'
import { defineId, type Id } from '../../lib/ids.ts'
import { Secret } from '../../lib/secret.ts'
import type { OrgId } from '../org.ts'

export const invitationId = defineId('inv')
export type InvitationId = Id<'inv'>

export type InvitationStatus = 'pending' | 'accepted' | 'withdrawn'

export interface Invitation {
  readonly id: InvitationId
  readonly organisation: OrgId
  readonly email: string
  readonly roles: readonly RoleId[]
  readonly status: InvitationStatus
  /** On whose authority it stands: theirs is judged again when it is accepted. */
  readonly invitedBy: string
  readonly letters: number
  readonly createdAt: Date
  readonly sentAt: Date
  readonly expiresAt: Date
}

/** With the first: nobody's mailbox is filled by whoever may invite. */
export const MOST_LETTERS = 5

/** 32 random bytes. What is looked up is the hash of this very text, so another spelling of the bytes finds nothing. */
const tokenShape = /^[A-Za-z0-9_-]{43}$/

export const newToken = (): Secret<string> => new Secret(toBase64url(randomBytes(32)))

/** Undefined for what no token of ours looks like: it costs no query. */
export const hashOf = (token: string): Buffer | undefined => (tokenShape.test(token) ? sha256(token) : undefined)

export const INVITE_PATH = '/invite'
export const withToken = (token: string): `/${string}` => `${INVITE_PATH}?token=${encodeURIComponent(token)}`
