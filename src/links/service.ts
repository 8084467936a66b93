import { z } from 'zod'
import type { Db, Tx } from '../db/types.ts'
import type { Clock } from '../lib/clock.ts'
import type { UserId } from '../users/user.ts'
import {
  hashOf,
  type IssuedLink,
  type LinkData,
  type LinkPurpose,
  lifetimes,
  linkId,
  newToken,
  type OpenLink,
} from './link.ts'
import type { RecordLinkEvent, SealsOfPersons } from './ports.ts'
import { consumeLink, deleteLinksOf, findLink, findLinksOf, insertLink, type LinkRow, rowOf } from './store.ts'

interface NewLink {
  readonly purpose: LinkPurpose
  /** Whose it is. Without, nobody has an account yet, or the link is one that nobody will ever get. */
  readonly person?: UserId
  readonly data?: LinkData
  /** Milliseconds, where it is not the life time of its purpose. */
  readonly validFor?: number
  /** The person's links for the same purpose open nothing any more. */
  readonly supersede?: boolean
}

interface Withdrawal {
  readonly person: UserId
  /** All of them, where none is named. */
  readonly purpose?: LinkPurpose | readonly LinkPurpose[]
  /** Only those that are younger, */
  readonly issuedAfter?: Date
  /** or that are not older. */
  readonly issuedSince?: Date
}

/** One-time links that go out by mail. Expired, used, replaced, withdrawn, made up: whoever comes with one is told the same. */
export interface Links<By> {
  issue(tx: Tx, by: By, link: NewLink): Promise<IssuedLink>
  /** For a page: looking uses nothing up, because mail scanners open everything. */
  look(purpose: LinkPurpose, token: string): Promise<OpenLink | undefined>
  /** Those of one person that may still be followed, the youngest first: for the person to see what waits. */
  openOf(at: Db | Tx, purpose: LinkPurpose, person: UserId): Promise<OpenLink[]>
  /** Once, however many come at the same moment. In the transaction of what the link is for: both happen, or neither. */
  take(tx: Tx, by: By, purpose: LinkPurpose, token: string): Promise<OpenLink | undefined>
  withdraw(tx: Tx, by: By, what: Withdrawal): Promise<number>
}

interface LinksDeps<By> {
  readonly db: Db
  readonly persons: SealsOfPersons
  /** Stands for whoever has no account: what is kept of them is sealed with this one's key. */
  readonly nobody: UserId
  readonly clock: Clock
  readonly record: RecordLinkEvent<By>
}

const dataShape = z.record(z.string(), z.string())
const placeOf = (row: string) => ({ table: 'links', column: 'data', row }) as const

export function createLinks<By>({ db, persons, nobody, clock, record }: LinksDeps<By>): Links<By> {
  const sealerOf = (at: Db | Tx, person: UserId | undefined) => persons.of(at, person ?? nobody)

  /** Undefined for a link of somebody who was erased: there is nobody left for whom it could do anything. */
  async function open(at: Db | Tx, purpose: LinkPurpose, row: LinkRow): Promise<OpenLink | undefined> {
    const { id, person, sealed, issuedAt, expiresAt } = row
    const sealer = await sealerOf(at, person)
    if (!sealer.ok) return undefined
    const text = sealed && (await sealer.value.openText(placeOf(rowOf(id)), sealed)).reveal()
    const data = text === null ? {} : dataShape.parse(JSON.parse(text))
    return { id, purpose, ...(person && { person }), data, issuedAt, expiresAt }
  }

  async function withdraw(tx: Tx, by: By, what: Withdrawal): Promise<number> {
    const { person, purpose = everyPurpose, issuedAfter, issuedSince } = what
    const named = [purpose].flat()
    const count = await deleteLinksOf(tx, person, named, { issuedAfter, issuedSince })
    const after = { public: { purposes: named.join(' '), count } }
    if (count > 0) await record(tx, by, { action: 'link.withdrawn', target: person, after })
    return count
  }

  return {
    issue: async (tx, by, { purpose, person, data, validFor = lifetimes[purpose], supersede = false }) => {
      const [id, token, issuedAt] = [linkId.generate(), newToken(), clock.now()]
      const expiresAt = new Date(issuedAt.getTime() + validFor)
      const tokenHash = hashOf(token.reveal())
      const sealer = await sealerOf(tx, person)
      if (!tokenHash || !sealer.ok) throw new Error(`no link can be issued for ${person ?? nobody}`)
      if (supersede && person) await withdraw(tx, by, { person, purpose })
      const sealed = data ? sealer.value.seal(placeOf(rowOf(id)), JSON.stringify(data)) : null
      await insertLink(tx, { id, purpose, tokenHash, person, sealed, issuedAt, expiresAt })
      const after = { public: { link: id, purpose, expiresAt: expiresAt.toISOString() } }
      await record(tx, by, { action: 'link.issued', target: person ?? nobody, after })
      return { id, token, expiresAt }
    },
    look: async (purpose, token) => {
      const hash = hashOf(token)
      const row = hash && (await findLink(db, purpose, hash, clock.now()))
      return row && open(db, purpose, row)
    },
    openOf: async (at, purpose, person) => {
      const rows = await findLinksOf(at, person, purpose, clock.now())
      const links = await Promise.all(rows.map((row) => open(at, purpose, row)))
      return links.filter((link) => link !== undefined)
    },
    take: async (tx, by, purpose, token) => {
      const hash = hashOf(token)
      const row = hash && (await consumeLink(tx, purpose, hash, clock.now()))
      const opened = row && (await open(tx, purpose, row))
      if (!opened) return undefined
      const after = { public: { link: opened.id, purpose } }
      await record(tx, by, { action: 'link.used', target: opened.person ?? nobody, after })
      return opened
    },
    withdraw,
  }
}

const everyPurpose = Object.keys(lifetimes).filter((name): name is LinkPurpose => name in lifetimes)
