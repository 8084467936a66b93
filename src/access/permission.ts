import { z } from 'zod'

/** An API of the operator's (`api_…`), or ourselves. */
export const OWN_API = 'hearthkey'

/** Which permissions, by API: `{"api_…": ["invoices:read"], "hearthkey": ["members.read"]}`. */
export const permissionSet = z.record(z.string(), z.array(z.string()).readonly()).readonly()
export type PermissionSet = z.infer<typeof permissionSet>

/** In the order of the alphabet and each once, so that two that are the same look the same. */
export const inOrder = (set: PermissionSet): PermissionSet =>
  Object.fromEntries(
    Object.entries(set)
      .filter(([, names]) => names.length > 0)
      .map(([api, names]): [string, string[]] => [api, [...new Set(names)].sort()])
      .sort(([a], [b]) => (a < b ? -1 : 1)),
  )

/** An API is named by whoever sends a set: the names that every object has are none. */
export const namesAt = (set: PermissionSet, api: string): readonly string[] =>
  Object.hasOwn(set, api) ? (set[api] ?? []) : []

/**
 * What can be done here, in an organisation. A word is a promise to whoever has it written in a role: words are added,
 * never changed.
 */
export const ownPermissions = {
  'organisation.read': 'see its name, policy and domains',
  'organisation.manage': 'change its name, policy and domains',
  'members.read': 'see who works here, and who is invited',
  'members.invite': 'invite people, within the roles that the own role may give',
  'members.suspend': 'suspend members and let them in again',
  'members.remove': 'remove members',
  'roles.read': 'see the roles and what they may do',
  'roles.assign': 'give and take the roles that the own role lists',
  'roles.manage': 'make, change and delete roles of the organisation',
  'api-keys.own': 'make API keys of one’s own',
  'api-keys.manage': 'see and revoke every API key',
  'service-accounts.manage': 'make and remove programs with roles',
  'audit.read': 'read the log of events',
  'webhooks.manage': 'have events of the organisation sent to addresses outside',
} as const
export type OwnPermission = keyof typeof ownPermissions
