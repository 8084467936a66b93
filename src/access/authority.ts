import { canHere } from './can.ts'
import { mayActOn, mayAssign, mayMake } from './ceiling.ts'
import type { OwnPermission } from './permission.ts'
import type { Role } from './role.ts'

/**
 * What whoever asks may do in one organisation. Every service that changes something takes one, so that none can be
 * called without saying on whose authority.
 */
export interface Authority {
  allows(permission: OwnPermission): boolean
  /** Whether they may give and take these roles. */
  mayGive(roles: readonly Role[]): boolean
  /** Whether they may act on somebody who has these roles: nobody acts on a more privileged one. */
  mayActOn(roles: readonly Role[]): boolean
  /** Whether they may make, change or remove a role with this content: it holds nothing that they do not have. */
  mayMake(content: Pick<Role, 'permissions' | 'mayAssign'>): boolean
  /** Whether what they may do comes, in part, from this very role. */
  bears(role: Pick<Role, 'id'>): boolean
  /** Not of a member: what one organisation may not do to another, this may. */
  readonly isOfInstance: boolean
}

/** The operator of the host, or an administrator of the instance. */
export const instanceAuthority: Authority = {
  allows: () => true,
  mayGive: () => true,
  mayActOn: () => true,
  mayMake: () => true,
  bears: () => false,
  isOfInstance: true,
}

export const authorityOf = (roles: readonly Role[]): Authority => ({
  allows: (permission) => canHere(roles, permission),
  mayGive: (given) => given.every((role) => mayAssign(roles, role)),
  mayActOn: (theirs) => mayActOn(roles, theirs),
  mayMake: (content) => mayMake(roles, content),
  bears: ({ id }) => roles.some((role) => role.id === id),
  isOfInstance: false,
})
