import { covers } from '../can.ts'
import { OWN_ROLES } from '../ceiling.ts'
import { inOrder, namesAt, OWN_API, ownPermissions, type PermissionSet } from '../permission.ts'
import type { Api } from '../ports.ts'
import { isRoleKey, type Role, type RoleDemand } from '../role.ts'

/** What somebody wants a role of their organisation to be. */
export interface RoleDraft {
  readonly key: string
  readonly name: string
  readonly description?: string
  readonly permissions: PermissionSet
  readonly mayAssign?: readonly string[]
  readonly apiOnly?: boolean
  readonly mfa?: RoleDemand
}

/** The content is added to and taken from, so that two who change a role at the same time undo nothing of each other. */
export interface RoleChange {
  readonly name?: string
  readonly description?: string
  readonly allow?: PermissionSet
  readonly deny?: PermissionSet
  readonly mayAssign?: readonly string[]
  readonly mayNotAssign?: readonly string[]
  /** Null: nothing of its own any more. */
  readonly mfa?: RoleDemand | null
}

export type DraftFault =
  | { readonly reason: 'key-invalid' | 'name-invalid' | 'description-invalid' }
  | { readonly reason: 'permission-unknown'; readonly api: string; readonly permission: string }
  | { readonly reason: 'role-unknown'; readonly key: string }

type Content = Pick<Role, 'key' | 'name' | 'description' | 'permissions' | 'mayAssign' | 'mfa'>

export const draftContent = ({
  key,
  name,
  description = '',
  permissions,
  mayAssign = [],
  mfa,
}: RoleDraft): Content => ({
  key,
  name: name.trim(),
  description: description.trim(),
  permissions: inOrder(permissions),
  mayAssign: [...new Set(mayAssign)].sort(),
  mfa: mfa ?? null,
})

export function changedContent(role: Content, change: RoleChange): Content {
  const { name = role.name, description = role.description, allow = {}, deny = {} } = change
  const apis = new Set([...Object.keys(role.permissions), ...Object.keys(allow)])
  const permissions = [...apis].map((api): [string, string[]] => {
    const names = [...namesAt(role.permissions, api), ...namesAt(allow, api)]
    return [api, names.filter((permission) => !namesAt(deny, api).includes(permission))]
  })
  const given = [...role.mayAssign, ...(change.mayAssign ?? [])]
  const mayAssign = given.filter((key) => !change.mayNotAssign?.includes(key))
  const drafted = { key: role.key, name, description, permissions: Object.fromEntries(permissions), mayAssign }
  return { ...draftContent(drafted), mfa: change.mfa === undefined ? role.mfa : change.mfa }
}

/** Control characters, line breaks, and what turns the direction of the text around it. */
const unprintable = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u
const isLine = (text: string, most: number): boolean => text.length <= most && !unprintable.test(text)

interface Known {
  readonly apis: readonly Api[]
  /** Keys of all roles of the organisation. */
  readonly roles: readonly string[]
}

/** The first thing that is wrong with it, whoever wants it. */
export function faultOf(content: Content, { apis, roles }: Known): DraftFault | undefined {
  if (!isRoleKey(content.key)) return { reason: 'key-invalid' }
  if (content.name === '' || !isLine(content.name, 100)) return { reason: 'name-invalid' }
  if (!isLine(content.description, 500)) return { reason: 'description-invalid' }
  const offered: PermissionSet = {
    [OWN_API]: Object.keys(ownPermissions),
    ...Object.fromEntries(apis.map(({ id, scopes }) => [id, scopes])),
  }
  for (const [api, names] of Object.entries(content.permissions))
    for (const permission of names)
      if (!covers(offered, { [api]: [permission] })) return { reason: 'permission-unknown', api, permission }
  const strange = content.mayAssign.find((key) => ![OWN_ROLES, content.key, ...roles].includes(key))
  return strange === undefined ? undefined : { reason: 'role-unknown', key: strange }
}
