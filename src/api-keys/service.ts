import { type Asked, answerIn } from '../db/asked.ts'
import { attempt } from '../db/attempt.ts'
import { enterOrganisation, inOrganisation, type OrgTx } from '../db/transaction.ts'
import type { Db } from '../db/types.ts'
import type { Clock } from '../lib/clock.ts'
import { defineId, type Id } from '../lib/ids.ts'
import { fail, ok, type Result } from '../lib/result.ts'
import type { Secret } from '../lib/secret.ts'
import { type CreatedKey, type CreateFault, createKey, type NewKey } from './create.ts'
import { endKey, endKeysOf } from './end.ts'
import { inLogOf } from './event.ts'
import { type ApiKey, isName, type KeyId, type OwnerId } from './key.ts'
import { type Leak, reportingLeaks } from './leak.ts'
import { isOwn, mayActAs, mayLookAfter } from './may.ts'
import type { KeySettings } from './plan.ts'
import type {
  Acting,
  Announce,
  Authority,
  Owners,
  Places,
  RecordKeyEvent,
  Seat,
  TellKeepers,
  TellOwner,
} from './ports.ts'
import { type Rotated, type RotateFault, type Rotation, rotateKey } from './rotate.ts'
import { keySecrets, looksLikeKey } from './secret.ts'
import { findKey, holdOwner, listKeys, lockKey, renameKey } from './store.ts'
import { type VerifyKeys, verifyKeys } from './verify.ts'

export interface KeyPlace {
  readonly organisation: Id<'org'>
  readonly id: KeyId
}

export interface KeysPage {
  readonly organisation: Id<'org'>
  readonly owner?: OwnerId | undefined
  readonly after?: KeyId | undefined
  readonly limit: number
}

type Untouchable = { readonly reason: 'not-found' } | { readonly reason: 'not-allowed' }

/** `By`: who asks and from where. A key that somebody may not look after is `not-found` to them. */
export interface ApiKeys<By, S extends Seat> extends VerifyKeys<S> {
  looksLikeKey(text: string): boolean
  create(by: By, authority: Asked<Authority>, key: NewKey): Promise<Result<CreatedKey, CreateFault>>
  find(by: By, authority: Authority, key: KeyPlace): Promise<ApiKey | undefined>
  /** All that whoever asks may look after, in the order of creation: for most people their own. */
  list(by: By, authority: Authority, page: KeysPage): Promise<ApiKey[]>
  rename(
    by: By,
    authority: Asked<Authority>,
    key: KeyPlace,
    name: string,
  ): Promise<Result<ApiKey, 'not-found' | 'name-invalid'>>
  /** A new one instead, shown once; the former one works on for the overlap. */
  rotate(
    by: By,
    authority: Asked<Authority>,
    key: KeyPlace,
    rotation: Rotation,
  ): Promise<Result<Rotated, RotateFault | Untouchable>>
  revoke(by: By, authority: Asked<Authority>, key: KeyPlace): Promise<Result<ApiKey, 'not-found' | 'already'>>
  /** True when it was one of ours and is dead now. For the log alone. */
  reportLeak(by: By, leak: Leak): Promise<boolean>
  /** Of somebody who works here no longer: should they come back one day, their old keys do not. */
  ownerEnded(tx: OrgTx, by: By, of: { readonly organisation: Id<'org'>; readonly owner: OwnerId }): Promise<void>
}

export interface KeysDeps<By, S extends Seat> {
  readonly db: Db
  readonly hashKey: Secret<Buffer>
  readonly settings: KeySettings
  readonly places: Places<S>
  readonly owners: Owners
  readonly tell: TellOwner<By>
  readonly tellKeepers: TellKeepers
  readonly announce: Announce
  readonly record: RecordKeyEvent<By>
  readonly clock: Clock
}

export function createApiKeys<By extends Acting, S extends Seat>(deps: KeysDeps<By, S>): ApiKeys<By, S> {
  const { db, places, record, clock } = deps
  const secrets = keySecrets(deps.hashKey)
  const own = { ...deps, secrets }
  const [create, rotate, end] = [createKey(own), rotateKey(own), endKey(deps)]

  /** Locked, and only for whoever may look after it: of others nobody learns whether there are any. */
  const changing = <T, E>(
    by: By,
    asked: Asked<Authority>,
    { organisation, id }: KeyPlace,
    work: (tx: OrgTx, key: ApiKey, authority: Authority) => Promise<Result<T, E>>,
    missing: E,
  ): Promise<Result<T, E>> =>
    attempt(db, async (tx): Promise<Result<T, E>> => {
      const scoped = await enterOrganisation(tx, organisation)
      await places.hold(scoped, organisation)
      const seen = await findKey(scoped, organisation, id)
      if (seen) await holdOwner(tx, seen.owner)
      const key = seen && (await lockKey(scoped, organisation, id))
      const authority = await answerIn(scoped, asked)
      return key && mayLookAfter({ by, authority, owner: key.owner }) ? work(scoped, key, authority) : fail(missing)
    })

  return {
    ...verifyKeys(own),
    looksLikeKey,
    reportLeak: reportingLeaks(own),
    create: (by, asked, input) => attempt(db, (tx) => create(tx, by, asked, input)),
    find: (by, authority, { organisation, id }) =>
      inOrganisation(db, organisation, async (tx) => {
        const key = await findKey(tx, organisation, id)
        return key && mayLookAfter({ by, authority, owner: key.owner }) ? key : undefined
      }),
    list: async (by, authority, { owner, ...page }) => {
      const seesAll = authority.allows('api-keys.manage')
      const whose = owner ?? (seesAll ? undefined : personOf(by))
      const mayList = whose === undefined ? seesAll : mayLookAfter({ by, authority, owner: whose })
      return mayList ? inOrganisation(db, page.organisation, (tx) => listKeys(tx, { ...page, owner: whose })) : []
    },
    rename: (by, asked, at, name) =>
      changing<ApiKey, 'not-found' | 'name-invalid'>(
        by,
        asked,
        at,
        async (tx, key) => {
          if (!isName(name)) return fail('name-invalid')
          await renameKey(tx, key.id, name)
          await record(tx, inLogOf(by, key), {
            action: 'api_key.renamed',
            target: key.id,
            before: { public: { name: key.name } },
            after: { public: { name } },
          })
          return ok({ ...key, name })
        },
        'not-found',
      ),
    rotate: (by, asked, at, rotation) =>
      changing<Rotated, RotateFault | Untouchable>(
        by,
        asked,
        at,
        async (tx, key, authority) => {
          const place = await places.of(tx, key.organisation, key.owner)
          if (!place || !mayActAs({ by, authority, owner: key.owner }, place.roles))
            return fail({ reason: 'not-allowed' })
          return rotate(tx, by, { former: key, organisation: place.seat.organisation.name }, rotation)
        },
        { reason: 'not-found' },
      ),
    revoke: (by, asked, at) =>
      changing<ApiKey, 'not-found' | 'already'>(
        by,
        asked,
        at,
        async (tx, key) =>
          (await end(tx, by, key, 'revoked'))
            ? ok({ ...key, revokedAt: clock.now(), revokedBecause: 'revoked' })
            : fail('already'),
        'not-found',
      ),
    ownerEnded: endKeysOf(deps),
  }

  function personOf({ actor }: By): OwnerId | undefined {
    const { id } = actor
    return id !== undefined && isPersonId(id) && isOwn({ actor }, id) ? id : undefined
  }
}

const isPersonId = defineId('usr').is
