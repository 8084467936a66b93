import { type InstanceTx, inInstance, inOrganisation, type OrgTx } from '../../db/transaction.ts'
import type { Db } from '../../db/types.ts'
import type { Id } from '../../lib/ids.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import type { EntryOpener, OpenedEntry } from '../entry/opened.ts'
import type { EventId } from '../event.ts'
import type { Cursors } from './cursor.ts'
import type { EventFilter, Order } from './filter.ts'
import type { Authority } from './ports.ts'
import { INSTANCE, type Scope } from './scope.ts'
import { type FoundEntry, findEntry, look } from './store.ts'

export interface PageAsked {
  readonly filter: EventFilter
  readonly order: Order
  readonly after?: string | undefined
  readonly limit: number
}

/** `seq` is null for as long as it is not in the chain: for a moment, or until a server runs again. */
export type ReadEntry = Omit<OpenedEntry, 'seq'> & { readonly seq: number | null }

export interface Page {
  readonly entries: readonly ReadEntry[]
  /** There may be more. With it a page may even be empty: so far was looked, and further on it goes. */
  readonly next: string | undefined
}

export type Fault = 'not-allowed' | 'cursor-invalid'

export interface AuditQuery {
  /** For whoever holds the host or administers the instance. */
  pageOfInstance(asked: PageAsked): Promise<Result<Page, 'cursor-invalid'>>
  findInInstance(id: EventId): Promise<ReadEntry | undefined>
  /** What concerns the organisation, and nothing else: row security holds it. */
  page(authority: Authority, organisation: Id<'org'>, asked: PageAsked): Promise<Result<Page, Fault>>
  find(authority: Authority, organisation: Id<'org'>, id: EventId): Promise<ReadEntry | undefined>
}

interface QueryDeps {
  readonly database: { readonly app: Db; readonly owner: Db }
  readonly opener: EntryOpener
  readonly cursors: Cursors
}

export function createAuditQuery({ database, opener, cursors }: QueryDeps): AuditQuery {
  const read = async (tx: InstanceTx | OrgTx, found: readonly FoundEntry[]): Promise<ReadEntry[]> => {
    const opened = await opener.open(tx, found.map(asChained))
    return opened.map((entry, n) => ({
      ...entry,
      seq: entry.seq === NOT_YET ? null : entry.seq,
      broken: entry.broken || found[n]?.unreadable === true,
    }))
  }
  const pageIn = async (
    within: <T>(work: (tx: InstanceTx | OrgTx) => Promise<T>) => Promise<T>,
    scope: Scope,
    { filter, order, after, limit }: PageAsked,
  ): Promise<Result<Page, 'cursor-invalid'>> => {
    const asked = { scope, filter, order }
    const position = after === undefined ? undefined : cursors.open(asked, after)
    if (after !== undefined && position === undefined) return fail('cursor-invalid')
    return within(async (tx) => {
      const { found, upTo } = await look(tx, { ...asked, after: position, limit })
      return ok({ entries: await read(tx, found), next: upTo && cursors.after(asked, upTo) })
    })
  }
  const findIn = async (tx: InstanceTx | OrgTx, id: EventId): Promise<ReadEntry | undefined> => {
    const found = await findEntry(tx, id)
    return found && (await read(tx, [found]))[0]
  }
  return {
    pageOfInstance: (asked) => pageIn((work) => inInstance(database.owner, work), INSTANCE, asked),
    findInInstance: (id) => inInstance(database.owner, (tx) => findIn(tx, id)),
    page: async (authority, organisation, asked) =>
      authority.allows('audit.read')
        ? pageIn(
            (work) => inOrganisation(database.app, organisation, work),
            { kind: 'organisation', organisation },
            asked,
          )
        : fail('not-allowed'),
    find: async (authority, organisation, id) =>
      authority.allows('audit.read') ? inOrganisation(database.app, organisation, (tx) => findIn(tx, id)) : undefined,
  }
}

/** The chain begins with 1. */
const NOT_YET = 0
const NO_HASH = Buffer.alloc(0)

/** To open an entry, nobody asks for its hashes. */
const asChained = (entry: FoundEntry) => ({
  ...entry,
  seq: entry.seq ?? NOT_YET,
  entryHash: NO_HASH,
  hash: NO_HASH,
})
