import { defineId, type Id } from '../lib/ids.ts'
import type { PermissionSet } from './permission.ts'

export const roleId = defineId('rol')
export type RoleId = Id<'rol'>

export const roleDemands = ['optional', 'required', 'phishing-resistant'] as const
export type RoleDemand = (typeof roleDemands)[number]
export const isRoleDemand = (text: unknown): text is RoleDemand => roleDemands.some((one) => one === text)

/** What stands in `roles` of a token. */
export const isRoleKey = (text: string): boolean => /^[a-z][a-z0-9-]{0,49}$/.test(text)

export interface Role {
  readonly id: RoleId
  /** Undefined: built in, for every organisation that uses its template. */
  readonly organisation: Id<'org'> | undefined
  readonly template: string | undefined
  readonly key: string
  readonly name: string
  readonly description: string
  readonly permissions: PermissionSet
  /** Keys of the roles that its bearer may give and take, where `roles.assign` is among its permissions. */
  readonly mayAssign: readonly string[]
  /** An organisation keeps one active member with it at least. */
  readonly kept: boolean
  /** For programs: whoever has no other role gets no token by a sign-in. */
  readonly apiOnly: boolean
  /** What is asked of whoever acts with it, beside what their organisation asks. */
  readonly mfa: RoleDemand | null
}
