import type { Id } from '../lib/ids.ts'

/** Who did it: proven, not claimed. */
export type Actor =
  | { readonly kind: 'person'; readonly id: Id<'usr'> }
  | { readonly kind: 'client'; readonly id: string }
  /** Whoever holds the host; `id` is the command that was given, like `key rotate`. */
  | { readonly kind: 'operator'; readonly id: string }
  /** The server by itself; `id` is the job or the part that acted. */
  | { readonly kind: 'system'; readonly id: string }
  /** Nobody is proven yet: a failed sign-in. */
  | { readonly kind: 'anonymous' }

/** Where a change comes from; built once at the edge and handed down. */
export interface ActorContext {
  readonly actor: Actor
  /** The organisation in whose scope the transaction runs. */
  readonly organisation?: Id<'org'>
  readonly ip?: string
  readonly requestId?: string
}
