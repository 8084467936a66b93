import type { Db, Tx } from '../db/types.ts'
import type { Keyring } from '../keyring/keyring.ts'
import type { Id } from '../lib/ids.ts'
import { type Device, device } from './device.ts'
import { type Place, place } from './place.ts'
import { type SessionId, sessionId } from './session.ts'

interface Traits {
  readonly device: Device
  readonly ip: string
  readonly place: Place | undefined
}

export interface SealedTraits {
  readonly device: Buffer
  readonly ip: Buffer
  readonly place: Buffer | null
}

/** Device, address and place say something about a person, and go with the person's key. */
export interface SessionSeals {
  seal(tx: Tx, user: Id<'usr'>, session: SessionId, traits: Traits): Promise<SealedTraits>
  /** Undefined for somebody who was erased. */
  opener(
    db: Db | Tx,
    user: Id<'usr'>,
  ): Promise<((session: SessionId, sealed: SealedTraits) => Promise<Traits>) | undefined>
}

const columnOf = (column: keyof Traits, session: SessionId) => ({
  table: 'sessions',
  column,
  row: sessionId.toUuid(session),
})

export function sessionSeals(persons: Pick<Keyring['persons'], 'of'>): SessionSeals {
  return {
    seal: async (tx, user, session, traits) => {
      const found = await persons.of(tx, user)
      if (!found.ok) throw new Error(`no session can start for ${user}: its key is ${found.error}`)
      return {
        device: found.value.seal(columnOf('device', session), JSON.stringify(traits.device)),
        ip: found.value.seal(columnOf('ip', session), traits.ip),
        place: traits.place ? found.value.seal(columnOf('place', session), JSON.stringify(traits.place)) : null,
      }
    },
    opener: async (db, user) => {
      const found = await persons.of(db, user)
      if (!found.ok) return undefined
      const { value: sealer } = found
      return async (session, sealed) => {
        const [said, ip, where] = await Promise.all([
          sealer.openText(columnOf('device', session), sealed.device),
          sealer.openText(columnOf('ip', session), sealed.ip),
          sealed.place && sealer.openText(columnOf('place', session), sealed.place),
        ])
        return {
          device: device.parse(JSON.parse(said.reveal())),
          ip: ip.reveal(),
          place: where ? place.parse(JSON.parse(where.reveal())) : undefined,
        }
      }
    },
  }
}
