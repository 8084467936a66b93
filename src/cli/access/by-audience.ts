import type { PermissionSet } from '../../access/permission.ts'
import type { Api } from '../../oidc/apis/api.ts'

/** Names of APIs instead of their ids. */
export const byAudience = (permissions: PermissionSet, apis: readonly Api[]): PermissionSet =>
  Object.fromEntries(
    Object.entries(permissions).map(([id, names]) => [apis.find((api) => api.id === id)?.audience ?? id, names]),
  )
