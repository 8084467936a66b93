import type { Actor } from '../audit/actor.ts'
import type { ActorName, StoredEntry } from '../audit/entry/stored-entry.ts'
import { type EventId, eventId } from '../audit/event.ts'
import type { InstanceTx } from '../db/transaction.ts'
import type { Keyring } from '../keyring/keyring.ts'
import type { Sealer } from '../keyring/seal/sealer.ts'
import { defineId, type Id } from '../lib/ids.ts'
import { placeOfName } from '../users/open.ts'
import { apiKeyNames, clientNames, personNames, serviceAccountNames } from './actor-names-store.ts'
import { openedWith } from './opened-with.ts'

const personId = defineId('usr')

type Acted = Pick<StoredEntry, 'id' | 'actor'>

/** What each actor is called at this moment; who has no name, or has none any more, is left out. */
export type ActorNames = (tx: InstanceTx, entries: readonly Acted[]) => Promise<ReadonlyMap<EventId, ActorName>>

/** A statement for each kind of actor that there is among them, however many they are: whoever follows the log must keep up. */
export const actorNames =
  ({ persons }: Pick<Keyring, 'persons'>): ActorNames =>
  async (tx, entries) => {
    const idsOf = (kind: Actor['kind']): string[] => [
      ...new Set(entries.flatMap(({ actor }) => (actor.kind === kind && actor.id !== null ? [actor.id] : []))),
    ]
    const people = await peopleAmong(persons, tx, idsOf('person'))
    const plain: Partial<Record<Actor['kind'], ReadonlyMap<string, string>>> = {
      client: await clientNames(tx, idsOf('client')),
      service_account: await serviceAccountNames(tx, idsOf('service_account')),
      api_key: await apiKeyNames(tx, idsOf('api_key')),
    }
    const nameOf = ({ id, actor }: Acted): ActorName => {
      if (actor.id === null) return null
      const person = actor.kind === 'person' ? people.get(actor.id) : undefined
      return person ? { sealed: sealedFor(id, person) } : (plain[actor.kind]?.get(actor.id) ?? null)
    }
    const names = entries.map((entry) => [entry.id, nameOf(entry)] as const)
    return new Map(names.filter(([, name]) => name !== null))
  }

interface Named {
  readonly name: string
  readonly sealer: Sealer
}

/** With the key of the person, for the very entry: it goes with them. */
const sealedFor = (event: EventId, { name, sealer }: Named): Buffer =>
  sealer.seal({ table: 'audit_chain', column: 'actor_name_sealed', row: eventId.toUuid(event) }, name)

async function peopleAmong(
  persons: Keyring['persons'],
  tx: InstanceTx,
  among: readonly string[],
): Promise<ReadonlyMap<string, Named>> {
  const ids = among.filter(personId.is)
  if (ids.length === 0) return new Map()
  const sealers = await persons.ofAll(tx, ids)
  const rows = await personNames(tx, ids)
  const named = await Promise.all(
    rows.map(async ({ id, name }): Promise<[Id<'usr'>, Named] | undefined> => {
      const sealer = sealers.get(id)
      const opened = sealer && (await openedWith(sealer, placeOfName(personId.toUuid(id)), name))
      return sealer && opened?.ok ? [id, { sealer, name: opened.value }] : undefined
    }),
  )
  return new Map(named.filter((one) => one !== undefined))
}
