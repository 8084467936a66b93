import { defineId, type Id } from '../lib/ids.ts'

export const userId = defineId('usr')
export type UserId = Id<'usr'>

export const emailId = defineId('uem')
export type EmailId = Id<'uem'>

/** `disabled` by an administrator, `locked` by the owner; who is both is `disabled` until enabled again. Only `active` gets in. */
export type UserStatus = 'active' | 'disabled' | 'locked'
/** `not-me`: the owner was told of something that they did not do. */
export type LockReason = 'not-me'
export type InstanceRole = 'admin'

export interface User {
  readonly id: UserId
  readonly status: UserStatus
  readonly instanceRole: InstanceRole | null
  /** As it was typed; two spellings of one identity are never two users. */
  readonly email: string
  readonly emailVerified: boolean
  /** The mailbox before this one said that it is not the owner's: nothing is sent there, and nobody comes in by it. */
  readonly emailDisowned: boolean
  readonly name: string
  readonly locale: string | null
  readonly createdAt: Date
}
