import type { Id } from '../../lib/ids.ts'

/** Whose events are looked through: those of one organisation, or all that there are. */
export type Scope = { readonly kind: 'instance' } | { readonly kind: 'organisation'; readonly organisation: Id<'org'> }

export const INSTANCE: Scope = { kind: 'instance' }
