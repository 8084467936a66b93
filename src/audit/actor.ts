import type { Id } from '../lib/ids.ts'

/** Who did it: proven, not claimed. */
export type Actor =
  | { readonly kind: 'person'; readonly id: Id<'usr'> }
  | { readonly kind: 'client'; readonly id: string }
  | { readonly kind: 'service_account'; readonly id: Id<'sva'> }
  | { readonly kind: 'api_key'; readonly id: Id<'key'> }
  /** Whoever holds the host; `id` is the command that was given, like `key rotate`. */
  | { readonly kind: 'operator'; readonly id: string }
  /** The server by itself; `id` is the job or the part that acted. */
  | { readonly kind: 'system'; readonly id: string }
  /** Nobody is proven yet: a failed sign-in. */
  | { readonly kind: 'anonymous' }

export const actorKinds = [
  'person',
  'client',
  'service_account',
  'api_key',
  'operator',
  'system',
  'anonymous',
] as const satisfies readonly Actor['kind'][]

/** Where a change comes from; built once at the edge and handed down. */
export interface ActorContext {
  readonly actor: Actor
  /** The organisation in whose scope the transaction runs. */
  readonly organisation?: Id<'org'>
  readonly ip?: string
  /** What the program called itself that asked. */
  readonly userAgent?: string | undefined
  /** In which sign-in it was done. */
  readonly session?: Id<'ses'> | undefined
  readonly requestId?: string
}
