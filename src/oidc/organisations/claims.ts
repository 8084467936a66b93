import type { PermissionSet } from '../../access/permission.ts'
import type { Id } from '../../lib/ids.ts'
import type { Api } from '../apis/api.ts'
import type { Client } from '../clients/client.ts'
import type { Quota } from '../ports.ts'
import { permittedBy } from './permitted.ts'

export interface OrganisationClaims {
  readonly org_id: Id<'org'>
  readonly org: string
  /** Absent where a person's consent is the measure. */
  readonly roles?: readonly string[]
  /** Absent where the token is for no API. */
  readonly permissions?: readonly string[]
  readonly quota?: Quota
}

interface Holder {
  readonly seat: { readonly organisation: { readonly id: Id<'org'>; readonly slug: string } }
  readonly roles: readonly { readonly key: string; readonly permissions: PermissionSet }[]
}

/** Which API the token is for, and which of its scopes the client may have; null: all. */
interface Audience {
  readonly api: string
  readonly allowed: readonly string[] | null
}

/** A client that the API was never given to has nothing there. "All" must be said, and is not what is left where nothing is said. */
export function audienceOf({ id, audience }: Pick<Api, 'id' | 'audience'>, client: Pick<Client, 'apis'>): Audience {
  const granted = client.apis.find((api) => api.audience === audience)
  return { api: id, allowed: granted ? granted.scopes : [] }
}

/** Scopes to which somebody agreed, and past which nothing goes. Undefined: the operator vouches for the application. */
export type Consented = ReadonlySet<string> | undefined

export const scopesIn = (scope: string | undefined): ReadonlySet<string> =>
  new Set(scope?.split(' ').filter((name) => name !== ''))

/** Of the chosen organisation and the audience alone: no service learns what somebody may do elsewhere. */
export function organisationClaims(
  { seat, roles }: Holder,
  audience: Audience | undefined,
  quota: Quota = {},
  consented: Consented = undefined,
): OrganisationClaims {
  const { id, slug } = seat.organisation
  return {
    org_id: id,
    org: slug,
    // A service that decides by roles would let an application do everything that the person may.
    ...(consented === undefined && { roles: roles.map(({ key }) => key).sort() }),
    ...(audience && { permissions: within(permittedAt(roles, audience), consented) }),
    // A service counts by it: where there is no service there is nothing to count.
    ...(audience && Object.keys(quota).length > 0 && { quota }),
  }
}

/** What the roles permit there, as far as the client may have it. */
export function permittedAt(roles: Holder['roles'], { api, allowed }: Audience): readonly string[] {
  const permitted = permittedBy(roles, api)
  if (allowed === null) return permitted
  const ofClient = new Set(allowed)
  return permitted.filter((permission) => ofClient.has(permission))
}

export const within = (permissions: readonly string[], consented: Consented): readonly string[] =>
  consented === undefined ? permissions : permissions.filter((permission) => consented.has(permission))

/** A scope that is a permission of the API is worth no more than the roles: a service that looks at `scope` alone is right, too. */
export function narrowed(scope: string | undefined, permissions: readonly string[]): string | undefined {
  const permitted = setOf(permissions)
  const kept = (scope?.split(' ') ?? []).filter((name) => permitted.has(name))
  return kept.length > 0 ? kept.join(' ') : undefined
}

/** What the same roles permit is the same array each time (`permittedBy`). */
const sets = new WeakMap<readonly string[], ReadonlySet<string>>()

function setOf(permissions: readonly string[]): ReadonlySet<string> {
  const known = sets.get(permissions) ?? new Set(permissions)
  sets.set(permissions, known)
  return known
}
