import { eventId } from '../../audit/event.ts'
import type { EventFilter, Order } from '../../audit/query/filter.ts'
import type { ReadEntry } from '../../audit/query/service.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Output } from '../output.ts'
import { describeEntries, describeEntry } from './describe.ts'
import { type FilterOptions, filterOf } from './filter.ts'
import type { AuditAtWork } from './with-audit.ts'

export interface ListOptions extends FilterOptions {
  readonly oldestFirst?: true
  readonly limit: number
  readonly after?: string
}

export async function listEvents(
  at: AuditAtWork,
  { limit, after, oldestFirst, ...options }: ListOptions,
): Promise<Output> {
  const filter = await filterOf(at, options)
  const { entries, next } = await readOn(at, filter, oldestFirst ? 'oldest' : 'newest', limit, after)
  return describeEntries(entries, next)
}

/** One look goes through so many events at most, and may find few: whoever sits at a terminal wants the page full. */
async function readOn(at: AuditAtWork, filter: EventFilter, order: Order, limit: number, after: string | undefined) {
  const entries: ReadEntry[] = []
  let next = after
  do {
    const page = await at.query.pageOfInstance({ filter, order, after: next, limit: limit - entries.length })
    if (!page.ok) throw new AppError('audit-cursor-invalid')
    entries.push(...page.value.entries)
    next = page.value.next
  } while (next !== undefined && entries.length < limit)
  return { entries, next }
}

export async function showEvent(at: AuditAtWork, id: string): Promise<Output> {
  const found = eventId.is(id) ? await at.query.findInInstance(id) : undefined
  if (!found) throw new AppError('audit-event-not-found', { detail: `No event has the id ${id}.` })
  return describeEntry(found)
}
