import { type Adapter, type AdapterPayload, errors } from 'oidc-provider'
import type { Db } from '../../db/types.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Sealer } from '../../keyring/seal/sealer.ts'
import { fromBase64url, toBase64url } from '../../lib/base64url.ts'
import type { Clock } from '../../lib/clock.ts'
import { defineId } from '../../lib/ids.ts'
import { artifactHash, fromStored, placeOf, toStored } from '../artifacts/artifact.ts'
import { mustBeHeld } from '../artifacts/held.ts'
import { bindGrant, type FoundArtifact, findArtifact } from '../artifacts/store.ts'
import type { EngineSessions } from '../ports.ts'
import type { Unit } from '../unit/unit.ts'
import { currentUnit } from '../unit/units.ts'
import { answerDeviceCode, findOpenCode, insertDeviceCode, notePoll } from './store.ts'
import { normalised, type UserCodes } from './user-code.ts'

export interface DeviceCodesDeps {
  readonly db: Db
  readonly sealer: Sealer
  readonly sessions: EngineSessions
  readonly userCodes: UserCodes
  readonly clock: Clock
}

const userId = defineId('usr')
const orgId = defineId('org')
const sessionId = defineId('ses')

/**
 * By what the pages know a device code: the person's side never holds the code itself, and what it holds opens nothing at
 * the token endpoint. No id that the engine draws has a colon in it.
 */
const handleOf = (idHash: Buffer): string => `:${toBase64url(idHash)}`
const hashInHandle = (id: string): Buffer | undefined => (id.startsWith(':') ? fromBase64url(id.slice(1)) : undefined)

/** RFC 8628 §3.5: five seconds are asked for; a device whose clock and network are not exact is not told off. */
const PAUSE_MS = 4000

/** What is different about device codes: found by what a person types, answered once, asked for again and again. */
export const ofDeviceCodes =
  ({ db, sealer, sessions, userCodes, clock }: DeviceCodesDeps) =>
  (usual: Adapter): Adapter => {
    const open = async (row: FoundArtifact): Promise<AdapterPayload> => {
      const sealed = row.sealed ? (await sealer.openText(placeOf(row.id_hash), row.sealed)).reveal() : undefined
      return fromStored(handleOf(row.id_hash), { payload: row.payload, sealed }, row.consumed_at)
    }

    const begin = (id: string, typed: string, given: AdapterPayload, expiresIn: number): void => {
      const idHash = artifactHash('DeviceCode', id)
      const { payload, sealed } = toStored('DeviceCode', id, given)
      const row = {
        id_hash: idHash,
        grant_hash: null,
        uid_hash: null,
        user_id: null,
        client_id: given.clientId ?? null,
        org_id: null,
        payload: JSON.stringify(payload),
        sealed: sealer.seal(placeOf(idHash), JSON.stringify(sealed)),
        created_at: clock.now(),
        // By the clock that judges it, which is not the one that the engine has read `exp` from.
        expires_at: new Date(clock.now().getTime() + expiresIn * 1000),
        user_code_hash: userCodes.hashOf(typed),
      }
      currentUnit().writeOne(async (tx) => {
        if (!(await insertDeviceCode(tx, row))) throw new AppError('unavailable', { retryAfter: 1 })
      })
    }

    /** The engine also saves that somebody is about to answer: with that, whoever looked first would shut out all others. */
    const answer = (idHash: Buffer, given: AdapterPayload, unit: Unit): void => {
      if (given.accountId === undefined && given['error'] === undefined) return
      // What was sealed of it has served.
      const { payload } = toStored('DeviceCode', handleOf(idHash), given)
      const sid = given['sid']
      const grantHash = given.grantId === undefined ? null : artifactHash('Grant', given.grantId)
      const session = typeof sid === 'string' && sessionId.is(sid) ? sessionId.toUuid(sid) : null
      if (given.accountId !== undefined) mustBeHeld(sessions, unit, sid)
      // It ends with the session in which the device was let in, wherever the grant was given.
      if (grantHash && session !== null) unit.writeOne((tx) => bindGrant(tx, grantHash, session))
      unit.writeOne(async (tx) => {
        const isFirst = await answerDeviceCode(tx, {
          id_hash: idHash,
          grant_hash: grantHash,
          user_id: given.accountId !== undefined && userId.is(given.accountId) ? userId.toUuid(given.accountId) : null,
          org_id: given.accountId !== undefined && unit.organisation ? orgId.toUuid(unit.organisation) : null,
          session_id: session,
          payload: JSON.stringify(payload),
          sealed: null,
        })
        // Somebody else was faster: what this person decided is worth nothing, and they hear that.
        if (!isFirst) throw new AppError('interaction-gone')
      })
    }

    return {
      ...usual,
      upsert: async (id, given, expiresIn) => {
        const idHash = hashInHandle(id)
        const typed = given['userCode']
        if (idHash) answer(idHash, given, currentUnit())
        else if (typeof typed === 'string') begin(id, typed, given, expiresIn ?? 0)
        else throw new Error('the engine changed a device code from the side of the device')
      },
      find: async (id) => {
        const unit = currentUnit()
        const idHash = hashInHandle(id)
        if (!unit.rollsBackRefusals) {
          const row = idHash && (await findArtifact(await unit.reader(), idHash))
          return row && open(row)
        }
        if (idHash) return undefined
        const found = await usual.find(id)
        if (!found || found.accountId !== undefined || found['error'] !== undefined) return found
        const now = clock.now()
        // Beside the request, which is refused: what it writes is rolled back.
        if (!(await notePoll(db, artifactHash('DeviceCode', id), now, PAUSE_MS))) throw new errors.SlowDown()
        return found
      },
      findByUserCode: async (typed) => {
        const code = normalised(typed)
        const row = code && (await findOpenCode(await currentUnit().reader(), userCodes.hashOf(code), clock.now()))
        return row ? open(row) : undefined
      },
    }
  }
