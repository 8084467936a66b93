import type { Db, Tx } from '../db/types.ts'
import type { Keyring } from '../keyring/keyring.ts'
import type { Id } from '../lib/ids.ts'
import { type Device, device } from './device.ts'
import { type SessionId, sessionId } from './session.ts'

interface Traits {
  readonly device: Device
  readonly ip: string
}

export interface SealedTraits {
  readonly device: Buffer
  readonly ip: Buffer
}

/** Device and address say something about a person, and go with the person's key. */
export interface SessionSeals {
  seal(tx: Tx, user: Id<'usr'>, session: SessionId, traits: Traits): Promise<SealedTraits>
  /** Undefined for somebody who was erased. */
  opener(
    db: Db | Tx,
    user: Id<'usr'>,
  ): Promise<((session: SessionId, sealed: SealedTraits) => Promise<Traits>) | undefined>
}

const placeOf = (column: keyof Traits, session: SessionId) => ({
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
        device: found.value.seal(placeOf('device', session), JSON.stringify(traits.device)),
        ip: found.value.seal(placeOf('ip', session), traits.ip),
      }
    },
    opener: async (db, user) => {
      const found = await persons.of(db, user)
      if (!found.ok) return undefined
      const { value: sealer } = found
      return async (session, sealed) => {
        const [said, ip] = await Promise.all([
          sealer.openText(placeOf('device', session), sealed.device),
          sealer.openText(placeOf('ip', session), sealed.ip),
        ])
        return { device: device.parse(JSON.parse(said.reveal())), ip: ip.reveal() }
      }
    },
  }
}
