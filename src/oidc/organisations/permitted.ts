import { permissionsAt } from '../../access/can.ts'
import type { PermissionSet } from '../../access/permission.ts'

type Bearing = { readonly permissions: PermissionSet }

interface Node {
  readonly next: WeakMap<Bearing, Node>
  readonly byApi: Map<string, readonly string[]>
}

const node = (): Node => ({ next: new WeakMap(), byApi: new Map() })
const root = node()

/**
 * What these very roles permit together at one API. Thousands of people bear the same few: to put them together anew for
 * each token is work for nothing. Remembered by the roles themselves, not by their ids: one that has changed is another
 * object, and what is remembered of the old one goes with it.
 */
export function permittedBy(roles: readonly Bearing[], api: string): readonly string[] {
  let at = root
  for (const role of roles) {
    const next = at.next.get(role) ?? node()
    at.next.set(role, next)
    at = next
  }
  const known = at.byApi.get(api) ?? permissionsAt(roles, api)
  if (roles.length > 0) at.byApi.set(api, known)
  return known
}
