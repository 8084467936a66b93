import { OWN_API, type PermissionSet } from '../../access/permission.ts'
import type { Role } from '../../access/role.ts'
import type { Api } from '../../oidc/apis/api.ts'
import type { Output } from '../output.ts'
import { table } from '../table.ts'

/** Names of APIs instead of their ids. */
const byAudience = (permissions: PermissionSet, apis: readonly Api[]): PermissionSet =>
  Object.fromEntries(
    Object.entries(permissions).map(([id, names]) => [apis.find((api) => api.id === id)?.audience ?? id, names]),
  )

const facts = (role: Role, apis: readonly Api[]) => ({
  id: role.id,
  key: role.key,
  name: role.name,
  description: role.description,
  builtIn: role.template !== undefined,
  permissions: byAudience(role.permissions, apis),
  mayAssign: role.mayAssign,
  kept: role.kept,
  apiOnly: role.apiOnly,
})

const kindOf = ({ template, kept, apiOnly }: Role): string =>
  [template ? 'built in' : 'own', ...(kept ? ['kept'] : []), ...(apiOnly ? ['programs only'] : [])].join(', ')

export function describeRoles(roles: readonly Role[], apis: readonly Api[]): Output {
  const rows = roles.map((role) => [role.key, kindOf(role), role.name, role.description])
  return { text: table(['KEY', 'KIND', 'NAME', ''], rows), json: { roles: roles.map((role) => facts(role, apis)) } }
}

export function describeRole(lead: string, role: Role, apis: readonly Api[]): Output {
  const { permissions } = facts(role, apis)
  const { [OWN_API]: own = [], ...others } = permissions
  const lines = [
    ...(lead ? [lead, ''] : []),
    `${role.key}  ${role.name} (${kindOf(role)})`,
    ...(role.description ? [role.description] : []),
    ...Object.entries(others).map(([api, names]) => `at ${api}: ${names.join(', ')}`),
    `here: ${own.join(', ') || 'nothing'}`,
    `gives and takes: ${role.mayAssign.join(', ') || 'nothing'}`,
  ]
  return { text: lines.join('\n'), json: { role: facts(role, apis) } }
}
