import { allPermissions, canHere, covers } from './can.ts'
import type { Role } from './role.ts'

type Giver = Pick<Role, 'permissions' | 'mayAssign'>
export type Given = Pick<Role, 'key' | 'organisation' | 'permissions' | 'mayAssign'>

/**
 * In `mayAssign`: the roles that the organisation made itself, which no template can name. Of these only such as may do
 * nothing that the role with this word may not do itself.
 */
export const OWN_ROLES = '*'

const lists = (giver: Giver, keys: readonly string[]): boolean =>
  canHere([giver], 'roles.assign') && keys.every((key) => giver.mayAssign.includes(key))

const listsOwn = (giver: Giver, role: Giver): boolean =>
  lists(giver, [OWN_ROLES, ...role.mayAssign]) && covers(giver.permissions, role.permissions)

/**
 * Whether bearers of `giver` may give or take the role. Only a role that itself has `roles.assign` lifts its ceiling:
 * one that allows assigning and another that names a powerful role do not add up to what neither gives.
 */
export const mayAssign = (giver: readonly Giver[], role: Given): boolean =>
  giver.some((own) => lists(own, [role.key]) || (role.organisation !== undefined && listsOwn(own, role)))

/** Nobody acts on somebody who has a role that they could not have given. */
export const mayActOn = (actor: readonly Giver[], target: readonly Given[]): boolean =>
  target.every((role) => mayAssign(actor, role))

/**
 * Whether a role with this content lets its bearer do nothing, and give nothing, that these roles do not. What they may
 * do adds up, since they may do it; what they may give does not.
 */
export const mayMake = (maker: readonly Giver[], made: Giver): boolean =>
  covers(allPermissions(maker), made.permissions) &&
  made.mayAssign.every((key) => maker.some((own) => (key === OWN_ROLES ? listsOwn(own, made) : lists(own, [key]))))
