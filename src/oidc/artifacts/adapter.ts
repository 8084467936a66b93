import { type Adapter, type AdapterPayload, errors } from 'oidc-provider'
import type { Tx } from '../../db/types.ts'
import { AppError } from '../../errors/app-error.ts'
import type { Sealer } from '../../keyring/seal/sealer.ts'
import type { Clock } from '../../lib/clock.ts'
import { defineId } from '../../lib/ids.ts'
import type { EngineSessions, Organisations } from '../ports.ts'
import type { Unit } from '../unit/unit.ts'
import { currentUnit } from '../unit/units.ts'
import {
  type ArtifactKind,
  artifactHash,
  engineUidHash,
  fromStored,
  isArtifactKind,
  placeOf,
  toStored,
} from './artifact.ts'
import { mustBeHeld } from './held.ts'
import {
  bindGrant,
  consumeArtifact,
  consumption,
  deleteArtifact,
  extendGrant,
  type FoundArtifact,
  findArtifact,
  findArtifactByUid,
  grantOfArtifact,
  holdGrantOf,
  replaceArtifact,
  saveGrant,
} from './store.ts'

export interface AdapterDeps {
  readonly sealer: Sealer
  readonly sessions: EngineSessions
  readonly organisations: Pick<Organisations, 'seatAfter'>
  readonly clock: Clock
  /** Called with whom a code or token belongs to, before anything is written for the request. */
  readonly expectAccount: (accountId: string) => Promise<unknown>
  /** The same for a sign-in that the engine goes on with. */
  readonly expectSignIn: (accountId: string) => Promise<unknown>
  /** Beside the interaction that brings it back: called with its hash, and then with whom it says. */
  readonly lookBehind?: (idHash: Buffer) => (accountId: string) => Promise<unknown>
  /** Kinds that are kept in a way of their own. */
  readonly own?: Partial<Readonly<Record<ArtifactKind, (usual: Adapter) => Adapter>>>
}

const userId = defineId('usr')
const sessionId = defineId('ses')
const orgId = defineId('org')

/** What came of a grant. It stands for an earlier answer of the person, whom nobody asks again, and is for the same organisation. */
const isOfGrant = (kind: ArtifactKind) =>
  kind === 'AuthorizationCode' || kind === 'RefreshToken' || kind === 'DeviceCode'

/** The engine's storage, by kind. */
export const createAdapters =
  (deps: AdapterDeps) =>
  (name: string): Adapter => {
    if (!isArtifactKind(name)) return unusedAdapter(name)
    const usual = adapterOf(name, deps)
    return deps.own?.[name]?.(usual) ?? usual
  }

function adapterOf(
  kind: ArtifactKind,
  { sealer, sessions, organisations, clock, expectAccount, expectSignIn, lookBehind }: AdapterDeps,
): Adapter {
  const open = async (id: string | undefined, row: FoundArtifact): Promise<AdapterPayload> => {
    const sealed = row.sealed ? (await sealer.openText(placeOf(row.id_hash), row.sealed)).reveal() : undefined
    return fromStored(id, { payload: row.payload, sealed }, row.consumed_at)
  }

  /** One that somebody is signed in to counts as long as its row does. */
  const ifLive = async (session: AdapterPayload): Promise<AdapterPayload | undefined> => {
    if (session.accountId === undefined) return session
    return session.uid !== undefined && (await isLive(engineUidHash(session.uid))) ? session : undefined
  }
  const isLive = (uidHash: Buffer) => currentUnit().live(uidHash, () => sessions.isLive(uidHash))

  const readOnce = (idHash: Buffer) =>
    currentUnit().once(idHash, async () => findArtifact(await currentUnit().reader(), idHash))
  const readByUid = (uidHash: Buffer) =>
    currentUnit().once(uidHash, async () => findArtifactByUid(await currentUnit().reader(), uidHash))

  /** All that the engine is about to ask for, in one go. */
  const lookAhead = async (
    { accountId, grantId, sessionUid, result }: AdapterPayload,
    expect = expectSignIn,
  ): Promise<void> => {
    const uidHash = typeof sessionUid === 'string' ? engineUidHash(sessionUid) : undefined
    if (isOfGrant(kind))
      await Promise.all([
        accountId && expectAccount(accountId),
        grantId && readOnce(artifactHash('Grant', grantId)),
        ...(uidHash ? [readByUid(uidHash), isLive(uidHash)] : []),
      ])
    const signedIn = kind === 'Interaction' ? result?.login?.accountId : undefined
    if (signedIn) await expect(signedIn)
  }

  /** Of what was for an organisation the seat is read with it: a refresh that has one waits no longer than one that has none. */
  const used = async (unit: Unit, tx: Tx, idHash: Buffer): Promise<boolean> => {
    const { organisation, holder } = unit
    if (!organisation || !holder || !isOfGrant(kind)) return consumeArtifact(tx, idHash, clock.now())
    const read = await organisations.seatAfter(tx, consumption(idHash, clock.now()), organisation, holder)
    unit.seat = read && { organisation, member: holder, ...read }
    return read !== undefined
  }

  return {
    upsert: async (id, given, expiresIn) => {
      const idHash = artifactHash(kind, id)
      const grantHash = grantHashOf(kind, id, given)
      const expiresAt = new Date(given.exp ? given.exp * 1000 : clock.now().getTime() + (expiresIn ?? 0) * 1000)
      const { payload, sealed } = toStored(kind, id, given)
      const unit = currentUnit()
      const row = {
        id_hash: idHash,
        kind,
        grant_hash: grantHash,
        uid_hash: kind === 'Session' && given.uid ? engineUidHash(given.uid) : null,
        user_id: ownerOf(given),
        client_id: given.clientId ?? null,
        org_id: isOfGrant(kind) && unit.organisation ? orgId.toUuid(unit.organisation) : null,
        payload: JSON.stringify(payload),
        sealed: sealed ? sealer.seal(placeOf(idHash), JSON.stringify(sealed)) : null,
        created_at: clock.now(),
        expires_at: expiresAt,
        session_id: sessionOf(kind, given, unit),
      }
      if (kind === 'AuthorizationCode' && given['sid'] !== undefined) mustBeHeld(sessions, unit, given['sid'])
      // What came of a grant that belongs to no session would end with none.
      if (kind === 'Grant') mustBeHeld(sessions, unit, sessionOfGrant(unit))
      if (kind === 'Interaction' && (await unit.hasFound(idHash)))
        unit.writeOne(
          async (db) => {
            // Finished in another tab meanwhile: it must not rise again.
            if (!(await replaceArtifact(db, row))) throw new AppError('interaction-gone')
          },
          { decides: true },
        )
      else if (kind === 'Grant' && (await unit.hasFound(idHash)))
        unit.writeOne(
          async (db) => {
            // Revoked meanwhile: with it would rise again what had come of it, and whoever took that back has been told that it is gone.
            if (!(await saveGrant(db, row))) throw new AppError('interaction-gone')
          },
          { decides: true },
        )
      else unit.put(row)
      // What takes the place of another has found its grant kept for long enough, and bound.
      if (unit.rotation || !grantHash) return
      const isKept = unit.redemption !== undefined && unit.redemption.keptUntil >= expiresAt
      if (kind === 'RefreshToken' && !isKept) unit.writeOne((db) => extendGrant(db, grantHash, expiresAt))
      if (kind === 'AuthorizationCode') bindToSession(unit, grantHash, row.session_id)
    },
    find: async (id) => {
      const unit = currentUnit()
      const idHash = artifactHash(kind, id)
      const isReadOnce = kind === 'Interaction' || kind === 'Grant'
      // On the way back from our pages; in front of the look at it, so that what both say is of one answer.
      const expect = kind === 'Interaction' && unit.engine?.oidc?.route === 'resume' ? lookBehind?.(idHash) : undefined
      const row = await (isReadOnce ? readOnce(idHash) : findArtifact(await unit.reader(), idHash))
      if (!row) return undefined
      const found = await open(id, row)
      await lookAhead(found, expect)
      if (isOfGrant(kind) && row.org_id !== null) {
        unit.organisation = orgId.fromUuid(row.org_id)
        if (found.accountId && userId.is(found.accountId)) unit.holder = found.accountId
      }
      if (kind !== 'Session') return found
      const live = await ifLive(found)
      if (live?.accountId && live.uid) await sessions.touch(engineUidHash(live.uid))
      return live
    },
    findByUid: async (uid) => {
      const row = await readByUid(engineUidHash(uid))
      return row && ifLive(await open(undefined, row))
    },
    findByUserCode: async () => undefined,
    consume: async (id) => {
      const unit = currentUnit()
      const idHash = artifactHash(kind, id)
      const tx = await unit.writer()
      const [, isFirst] = await Promise.all([isOfGrant(kind) && holdGrantOf(tx, idHash), used(unit, tx, idHash)])
      if (isFirst) return
      // The engine looked before somebody else was faster: this is a replay like any other.
      const grantId = await grantOfArtifact(tx, idHash)
      if (grantId) unit.revoke(grantId)
      throw new errors.InvalidGrant(`${kind} already consumed`)
    },
    destroy: async (id) => {
      const unit = currentUnit()
      const idHash = artifactHash(kind, id)
      if (kind === 'Grant') unit.revoke(id)
      else if (isOfGrant(kind)) unit.write((tx) => Promise.all([holdGrantOf(tx, idHash), deleteArtifact(tx, idHash)]))
      else unit.writeOne((db) => deleteArtifact(db, idHash))
    },
    revokeByGrantId: async (grantId) => currentUnit().revoke(grantId),
  }
}

/** Of an interaction: who has signed in by it, so that they are found beside it. */
function ownerOf({ accountId, result }: AdapterPayload): string | null {
  const owner = accountId ?? result?.login?.accountId
  return owner !== undefined && userId.is(owner) ? userId.toUuid(owner) : null
}

/** The grant itself says of no session; whoever is asked for it sits in front of one: of the engine's, or at a page of ours. */
const sessionOfGrant = ({ engine, agreedIn }: Unit): string | undefined =>
  agreedIn ?? engine?.oidc?.session?.hearthkeySession

function sessionOf(kind: ArtifactKind, { sid }: AdapterPayload, unit: Unit): string | null {
  const said = kind === 'Grant' ? sessionOfGrant(unit) : isOfGrant(kind) ? sid : undefined
  return typeof said === 'string' && sessionId.is(said) ? sessionId.toUuid(said) : null
}

/** A grant that was given in an earlier sign-in belongs to the one that uses it now. */
function bindToSession(unit: Unit, grantHash: Buffer, session: string | null): void {
  if (session === null || unit.putting(grantHash)?.session_id === session) return
  unit.writeOne((db) => bindGrant(db, grantHash, session))
}

function grantHashOf(kind: ArtifactKind, id: string, { grantId }: AdapterPayload): Buffer | null {
  if (kind === 'Grant') return artifactHash('Grant', id)
  return kind !== 'Interaction' && grantId ? artifactHash('Grant', grantId) : null
}

/** Of a kind whose feature is switched off: nothing is found, and nothing can be kept by mistake. */
function unusedAdapter(kind: string): Adapter {
  const refuse = async (): Promise<never> => {
    throw new Error(`the engine wanted to keep a ${kind}, which is not in use`)
  }
  const nothing = async (): Promise<undefined> => undefined
  return {
    upsert: refuse,
    find: nothing,
    findByUid: nothing,
    findByUserCode: nothing,
    consume: refuse,
    destroy: nothing,
    revokeByGrantId: nothing,
  }
}
