import type { Tx } from '../db/types.ts'
import type { Id } from '../lib/ids.ts'
import type { Result } from '../lib/result.ts'
import type { RoleId } from './role.ts'

/** What a membership says at this moment, of the rooms that keep it. */
export interface Seat {
  readonly organisation: { readonly status: 'active' | 'suspended' | 'deleted' }
  readonly status: 'active' | 'suspended' | 'removed'
  readonly roles: readonly RoleId[]
}

export interface Api {
  readonly id: Id<'api'>
  readonly audience: string
  readonly name: string
  readonly scopes: readonly string[]
}

export type ApiFault =
  | 'audience-invalid'
  | 'audience-taken'
  | 'name-invalid'
  | 'scope-invalid'
  | 'scope-reserved'
  | 'too-many-scopes'

/** Permissions are scopes of an API; where APIs are registered is not here. */
export interface Apis<By> {
  list(): Promise<readonly Api[]>
  /** Makes the API, or gives one that is there the scopes that it lacks; it takes none away. */
  provide(
    by: By,
    api: { readonly audience: string; readonly name: string; readonly scopes: readonly string[] },
  ): Promise<Result<Api, ApiFault>>
}

type Facts = Readonly<
  Record<string, string | boolean | readonly string[] | Readonly<Record<string, readonly string[]>>>
>

export interface RoleEvent {
  readonly action: 'role.created' | 'role.updated' | 'role.removed'
  readonly target: RoleId
  /** Undefined: of a template. */
  readonly organisation: Id<'org'> | undefined
  readonly before?: Facts
  readonly after?: Facts
}

export type RecordRoleEvent<By> = (tx: Tx, by: By, event: RoleEvent) => Promise<unknown>

/** Tokens that were issued for the organisation until now are dead. */
export type Announce = (
  tx: Tx,
  entry: { readonly organisation: Id<'org'>; readonly reason: string },
) => Promise<unknown>
