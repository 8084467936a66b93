import { namesAt, OWN_API, type OwnPermission, type PermissionSet } from './permission.ts'
import type { Role } from './role.ts'

type Bearing = Pick<Role, 'permissions'>

/** The one question: whether whoever bears these roles may do this. Nothing else in the house decides it. */
export const can = (roles: readonly Bearing[], permission: string, api: string = OWN_API): boolean =>
  roles.some(({ permissions }) => namesAt(permissions, api).includes(permission))

export const canHere = (roles: readonly Bearing[], permission: OwnPermission): boolean => can(roles, permission)

/** Everything that they may do at one API, in the order of the alphabet. */
export const permissionsAt = (roles: readonly Bearing[], api: string): string[] =>
  [...new Set(roles.flatMap(({ permissions }) => namesAt(permissions, api)))].sort()

/** All that they may do, anywhere. */
export function allPermissions(roles: readonly Bearing[]): PermissionSet {
  const apis = new Set(roles.flatMap(({ permissions }) => Object.keys(permissions)))
  return Object.fromEntries([...apis].map((api) => [api, permissionsAt(roles, api)]))
}

/** What both allow: of a key and its owner, never more than either. */
export function within(asked: PermissionSet, ceiling: PermissionSet): PermissionSet {
  const both = Object.entries(asked).map(([api, names]): [string, string[]] => [
    api,
    names.filter((name) => namesAt(ceiling, api).includes(name)),
  ])
  return Object.fromEntries(both.filter(([, names]) => names.length > 0))
}

/** Whether everything that is wanted is among what is had. */
export const covers = (had: PermissionSet, wanted: PermissionSet): boolean =>
  Object.entries(wanted).every(([api, names]) => names.every((name) => namesAt(had, api).includes(name)))
