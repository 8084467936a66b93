import { v7 } from 'uuid'
import type { Db, Tx } from '../../db/types.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Clock } from '../../lib/clock.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import type { RecordEvent } from '../event.ts'
import { DATA_KEYS_CHANNEL, notify } from '../notice.ts'
import { randomKey, toSecretKey } from '../seal/aead.ts'
import { asText } from '../seal/instance-sealer.ts'
import { type DataKey, open, seal } from '../seal/sealed.ts'
import type { AssertRegistered } from '../seal/sealed-columns.ts'
import type { Sealer } from '../seal/sealer.ts'
import { KeyCache } from './key-cache.ts'
import { type PersonId, personId, placeOfPersonKey } from './person.ts'
import {
  destroyPersonKey,
  findPersonKey,
  findPersonKeys,
  insertFirstPersonKey,
  insertPersonKey,
  type PersonKeyRow,
} from './store.ts'

/**
 * `erased`: the key was destroyed, and with it everything it ever sealed, in every table. Not in the past: a backup from
 * before holds the key as well, and the bytes of its row stay on the disk until autovacuum has passed and they are written over.
 */
export type NoPersonKey = 'unknown' | 'erased'

export interface PersonKeys {
  /** In the transaction that creates the person. The sealer is for use inside it. */
  create(tx: Tx, person: PersonId): Promise<Sealer>
  /** For one who is not a user, such as whoever stands for all strangers: at every start, made at the first. */
  ensure(tx: Tx, person: PersonId): Promise<void>
  /** For one piece of work: ask again for the next, since the person may be erased between the two. */
  of(db: Db | Tx, person: PersonId): Promise<Result<Sealer, NoPersonKey>>
  /** The same for many, in one question to the database; whoever is left out has none that opens. */
  ofAll(db: Db | Tx, persons: readonly PersonId[]): Promise<ReadonlyMap<PersonId, Sealer>>
  /** The database refuses to take a key back. False when it was gone before, or never was. */
  destroy(tx: Tx, person: PersonId): Promise<boolean>
  forget(personUuid: string): void
  forgetAll(): void
}

interface PersonKeysDeps {
  readonly instance: Sealer
  readonly assertRegistered: AssertRegistered
  readonly clock: Clock
  readonly record: RecordEvent
  /** False while erasures by other processes could go unheard: every look-up then asks the database. */
  readonly hearsErasures: () => boolean
}

/** 10,000 keys are a few megabytes. The age bounds the harm, should a notification ever be lost unnoticed. */
const CACHE = { count: 10_000, age: 60_000 }

export function personKeys({ instance, assertRegistered, clock, record, hearsErasures }: PersonKeysDeps): PersonKeys {
  const cache = new KeyCache<DataKey>(clock, CACHE)
  /** After a silence the cache starts empty: nobody told us who was erased during it. */
  const remembers = (): boolean => {
    if (hearsErasures()) return true
    cache.forgetAll()
    return false
  }
  const sealer = (key: DataKey) => personSealer(key, assertRegistered)

  async function read(db: Db, person: PersonId): Promise<Result<DataKey, NoPersonKey>> {
    const { epoch } = cache
    const row = await findPersonKey(db, person)
    return row ? opened(row, person, epoch) : fail('unknown')
  }

  async function opened(row: PersonKeyRow, person: PersonId, epoch: number): Promise<Result<DataKey, 'erased'>> {
    if (!row.sealed) return fail('erased')
    const bytes = (await instance.open(placeOfPersonKey(person), row.sealed)).reveal()
    const key = { id: row.id, secret: toSecretKey(bytes) }
    // A key that a rollback takes away must not be remembered: what it sealed later could never be opened again.
    if (row.committed && remembers()) cache.put(personId.toUuid(person), key, epoch)
    return ok(key)
  }

  function make(person: PersonId) {
    const bytes = randomKey()
    const row = { id: v7(), person, sealed: instance.seal(placeOfPersonKey(person), bytes), at: clock.now() }
    return { row, key: { id: row.id, secret: toSecretKey(bytes) } }
  }

  return {
    create: async (tx, person) => {
      const { row, key } = make(person)
      await insertPersonKey(tx, row)
      return sealer(key)
    },
    ensure: async (tx, person) => {
      if (!(await insertFirstPersonKey(tx, make(person).row))) return
      await record(tx, { action: 'person_key.created', target: person })
    },
    of: async (db, person) => {
      const uuid = personId.toUuid(person)
      const cached = remembers() ? cache.get(uuid) : undefined
      if (cached) return ok(sealer(cached))
      const found = await read(db, person)
      return found.ok ? ok(sealer(found.value)) : found
    },
    ofAll: async (db, persons) => {
      const known = remembers()
      const found = new Map<PersonId, Sealer>()
      const asked: PersonId[] = []
      for (const person of new Set(persons)) {
        const cached = known ? cache.get(personId.toUuid(person)) : undefined
        if (cached) found.set(person, sealer(cached))
        else asked.push(person)
      }
      if (asked.length === 0) return found
      const { epoch } = cache
      for (const row of await findPersonKeys(db, asked)) {
        const person = personId.fromUuid(row.person_id)
        const key = await opened(row, person, epoch).catch(withoutBroken)
        if (key?.ok) found.set(person, sealer(key.value))
      }
      return found
    },
    destroy: async (tx, person) => {
      const uuid = personId.toUuid(person)
      const destroyed = await destroyPersonKey(tx, person, clock.now())
      if (!destroyed) return false
      cache.forget(uuid)
      await record(tx, { action: 'person_key.destroyed', target: person })
      await notify(tx, DATA_KEYS_CHANNEL, uuid)
      return true
    },
    forget: (uuid) => cache.forget(uuid),
    forgetAll: () => cache.forgetAll(),
  }
}

/** Of many, one that somebody has changed must not keep the others from being read. */
function withoutBroken(error: unknown): undefined {
  if (error instanceof AppError && error.code === 'seal-broken') return undefined
  throw error
}

function personSealer(key: DataKey, assertRegistered: AssertRegistered): Sealer {
  const openOwn: Sealer['open'] = async (place, sealed) => open(key, place, sealed)
  return {
    seal: (place, plaintext) => {
      assertRegistered('person', place.table, place.column)
      return seal(key, place, plaintext)
    },
    open: openOwn,
    openText: async (place, sealed) => asText(await openOwn(place, sealed)),
  }
}
