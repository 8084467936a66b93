import { canHere } from './can.ts'
import type { Role } from './role.ts'

type Giver = Pick<Role, 'permissions' | 'mayAssign'>
type Given = Pick<Role, 'key'>

/**
 * Whether bearers of `giver` may give or take the role. Only a role that itself has `roles.assign` lifts its ceiling:
 * one that allows assigning and another that names a powerful role do not add up to what neither gives.
 */
export const mayAssign = (giver: readonly Giver[], role: Given): boolean =>
  giver.some((own) => canHere([own], 'roles.assign') && own.mayAssign.includes(role.key))

/** Nobody acts on somebody who has a role that they could not have given. */
export const mayActOn = (actor: readonly Giver[], target: readonly Given[]): boolean =>
  target.every((role) => mayAssign(actor, role))
