import { OWN_API } from '../../access/permission.ts'
import type { Role } from '../../access/role.ts'
import type { Api } from '../../oidc/apis/api.ts'
import { byAudience } from '../access/by-audience.ts'
import type { Output } from '../output.ts'
import { table } from '../table.ts'

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
  mfa: role.mfa,
})

const kindOf = ({ template, kept, apiOnly, mfa }: Role): string =>
  [
    template ? 'built in' : 'own',
    ...(kept ? ['kept'] : []),
    ...(apiOnly ? ['programs only'] : []),
    ...(mfa ? [`MFA ${mfa}`] : []),
  ].join(', ')

export function describeRoles(roles: readonly Role[], apis: readonly Api[]): Output {
  const rows = roles.map((role) => [role.key, kindOf(role), role.name, role.description])
  return { text: table(['KEY', 'KIND', 'NAME', ''], rows), json: { roles: roles.map((role) => facts(role, apis)) } }
}

/** Where roles do not decide, a token has every scope that its client may have: the role is in `roles`, and cuts nothing. */
export const notDeciding = ({ permissions }: Pick<Role, 'permissions'>, apis: readonly Api[]): string[] =>
  apis
    .filter(({ id, byRole }) => !byRole && Object.hasOwn(permissions, id))
    .map(
      ({ audience }) =>
        `Roles do not decide over the scopes of ${audience}: a token has all that its client may have. To change that: hearthkey api update ${audience} --by-role`,
    )

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
