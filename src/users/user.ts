import { defineId, type Id } from '../lib/ids.ts'

export const userId = defineId('usr')
export type UserId = Id<'usr'>

export const emailId = defineId('uem')
export type EmailId = Id<'uem'>

export type UserStatus = 'active' | 'disabled'
export type InstanceRole = 'admin'

export interface User {
  readonly id: UserId
  readonly status: UserStatus
  readonly instanceRole: InstanceRole | null
  /** As it was typed; two spellings of one identity are never two users. */
  readonly email: string
  readonly emailVerified: boolean
  readonly name: string
  readonly locale: string | null
  readonly createdAt: Date
}
