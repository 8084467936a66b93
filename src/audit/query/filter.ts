import type { Id } from '../../lib/ids.ts'
import type { Actor } from '../actor.ts'
import { actions, type TargetKind } from '../vocabulary.ts'

/** All of it has to hold. */
export interface EventFilter {
  readonly organisation?: Id<'org'> | undefined
  readonly actor?: { readonly kind: Actor['kind']; readonly id: string | null } | undefined
  /** `user.created`, or `user.*` for all of a noun. */
  readonly action?: string | undefined
  /** Without a kind: whatever has this id. */
  readonly target?: { readonly kind?: TargetKind | undefined; readonly id: string } | undefined
  readonly from?: Date | undefined
  /** Not this moment itself any more. */
  readonly to?: Date | undefined
  readonly requestId?: string | undefined
}

export type Order = 'newest' | 'oldest'

/** Undefined for what is no word of ours. */
export function actionsIn(wanted: string): readonly string[] | undefined {
  const found = wanted.endsWith('.*')
    ? actions.filter((action) => action.startsWith(wanted.slice(0, -1)))
    : actions.filter((action) => action === wanted)
  return found.length === 0 ? undefined : found
}

/** The same text for the same filter, however it was put together. */
export const canonicalFilter = ({ organisation, actor, action, target, from, to, requestId }: EventFilter): string =>
  JSON.stringify([
    organisation ?? null,
    actor ? [actor.kind, actor.id] : null,
    action ?? null,
    target ? [target.kind ?? null, target.id] : null,
    from?.getTime() ?? null,
    to?.getTime() ?? null,
    requestId ?? null,
  ])

interface Asked {
  readonly at: Date
  readonly organisation: string | null
  readonly action: string
  readonly actor: { readonly kind: string; readonly id: string | null }
  readonly target: { readonly kind: string; readonly id: string }
  readonly requestId: string | null
}

/** The same question as the SQL of a page asks: for whoever walks along the chain. */
export function fitting(filter: EventFilter): (entry: Asked) => boolean {
  const { organisation, actor, action, target, from, to, requestId } = filter
  const words = action === undefined ? undefined : (actionsIn(action) ?? [])
  return (entry) =>
    (organisation === undefined || entry.organisation === organisation) &&
    (!actor || (entry.actor.kind === actor.kind && entry.actor.id === actor.id)) &&
    (!words || words.includes(entry.action)) &&
    (!target || (entry.target.id === target.id && (target.kind === undefined || entry.target.kind === target.kind))) &&
    (!from || entry.at >= from) &&
    (!to || entry.at < to) &&
    (requestId === undefined || entry.requestId === requestId)
}

export const isWhole = (filter: EventFilter): boolean => Object.values(filter).every((part) => part === undefined)
