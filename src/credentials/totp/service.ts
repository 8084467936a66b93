import type { Db, Tx } from '../../db/types.ts'
import type { Clock } from '../../lib/clock.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import type { UserId } from '../../users/user.ts'
import { holdOffer, type TotpOffers, totpOffers } from './offer.ts'
import { deleteOffersOf } from './offer-store.ts'
import type { HoldPerson, PersonSealer, RecordTotpEvent, SealsOfPersons } from './ports.ts'
import {
  deleteLaterTotps,
  deleteTotps,
  findTotpsOf,
  insertTotp,
  lockTotp,
  moveStepOn,
  rowOf,
  type TotpRow,
  updateName,
} from './store.ts'
import { nameOf, type Totp, type TotpId, totpId } from './totp.ts'

interface NewTotp {
  readonly holder: Buffer
  readonly user: UserId
  /** The first that the app shows: it proves that the secret has arrived, and is used up. */
  readonly code: string
  readonly name: string
}

/** `gone`: nothing was offered here, or too long ago. */
export type AddRefusal = 'mismatch' | 'gone' | 'too-many' | 'name-invalid'
export type RenameRefusal = 'not-found' | 'name-invalid'

interface Which {
  readonly user: UserId
  readonly id: TotpId
}

export interface Totps<By> extends TotpOffers {
  add(tx: Tx, by: By, totp: NewTotp): Promise<Result<Totp, AddRefusal>>
  /**
   * Once for each code, however many come with it at the same moment. In the transaction of what it is proven for, whose
   * event it is: that a code was right and nothing came of it happens to nobody.
   */
  prove(tx: Tx, user: UserId, code: string): Promise<TotpId | undefined>
  /** The oldest first. */
  listOf(user: UserId): Promise<Totp[]>
  rename(tx: Tx, by: By, which: Which & { readonly name: string }): Promise<Result<Totp, RenameRefusal>>
  remove(tx: Tx, by: By, which: Which): Promise<Totp | undefined>
  removeAllOf(tx: Tx, by: By, user: UserId): Promise<number>
  /** What was added at that moment or after it, and the one that is named. */
  removeLater(tx: Tx, by: By, user: UserId, later: { readonly since: Date; readonly id?: TotpId }): Promise<unknown>
}

interface TotpsDeps<By> {
  readonly db: Db
  readonly persons: SealsOfPersons
  readonly holdPerson: HoldPerson
  readonly issuer: string
  readonly clock: Clock
  readonly record: RecordTotpEvent<By>
}

/** Each is tried for a code: with very many, a guess would be right too often. */
const MOST = 5

const placeOf = (id: TotpId, column: 'name' | 'secret') =>
  ({ table: 'totp_authenticators', column, row: rowOf(id) }) as const

/** The library with the first code: whoever starts a server waits for none. */
const codes = () => import('./codes.ts')

export function createTotps<By>(deps: TotpsDeps<By>): Totps<By> {
  const { db, persons, holdPerson, clock, record } = deps

  async function sealerOf(at: Db | Tx, user: UserId): Promise<PersonSealer> {
    const sealer = await persons.of(at, user)
    if (!sealer.ok) throw new Error(`nothing can be sealed for ${user}: its key is ${sealer.error}`)
    return sealer.value
  }
  const open = async (sealer: PersonSealer, { id, name, createdAt, lastUsedAt }: TotpRow): Promise<Totp> => ({
    id,
    name: (await sealer.openText(placeOf(id, 'name'), name)).reveal(),
    createdAt,
    lastUsedAt,
  })
  const snapshotOf = (user: UserId, { id, name }: Pick<Totp, 'id' | 'name'>) => ({
    public: { authenticator: id },
    personal: { personId: user, fields: { name } },
  })

  async function recordRemoved(tx: Tx, by: By, user: UserId, rows: readonly TotpRow[]): Promise<Totp[]> {
    const sealer = rows.length > 0 && (await sealerOf(tx, user))
    const removed = sealer ? await Promise.all(rows.map((row) => open(sealer, row))) : []
    for (const totp of removed)
      await record(tx, by, { action: 'totp.removed', target: user, before: snapshotOf(user, totp) })
    return removed
  }

  return {
    ...totpOffers(deps),
    add: async (tx, by, { holder, user, code, name: typed }) => {
      const name = nameOf(typed)
      if (name === undefined) return fail('name-invalid')
      // The person first and then the offer, always; and nobody else counts theirs in the meantime.
      await holdPerson(tx, user)
      const now = clock.now()
      const offer = await holdOffer(tx, persons, holder, user, now)
      if (!offer) return fail('gone')
      if ((await findTotpsOf(tx, user)).length >= MOST) return fail('too-many')
      const step = (await codes()).matchingStep(offer.secret, code, now, -1)
      if (step === undefined) return fail('mismatch')
      await offer.take()
      const id = totpId.generate()
      const sealer = await sealerOf(tx, user)
      const sealed = {
        name: sealer.seal(placeOf(id, 'name'), name),
        secret: sealer.seal(placeOf(id, 'secret'), offer.secret),
      }
      await insertTotp(tx, { id, user, ...sealed, lastStep: step, createdAt: now })
      await record(tx, by, { action: 'totp.added', target: user, after: snapshotOf(user, { id, name }) })
      return ok({ id, name, createdAt: now, lastUsedAt: null })
    },
    prove: async (tx, user, code) => {
      const sealer = await persons.of(tx, user)
      if (!sealer.ok) return undefined
      const now = clock.now()
      for (const { id, secret: sealed, lastStep } of await findTotpsOf(tx, user)) {
        const secret = await sealer.value.openText(placeOf(id, 'secret'), sealed)
        const step = (await codes()).matchingStep(secret, code, now, lastStep)
        if (step !== undefined && (await moveStepOn(tx, id, step, now))) return id
      }
      return undefined
    },
    listOf: async (user) => {
      const rows = await findTotpsOf(db, user)
      const sealer = await persons.of(db, user)
      return sealer.ok ? Promise.all(rows.map((row) => open(sealer.value, row))) : []
    },
    rename: async (tx, by, { user, id, name: typed }) => {
      const name = nameOf(typed)
      if (name === undefined) return fail('name-invalid')
      const row = await lockTotp(tx, { user, id })
      if (!row) return fail('not-found')
      const sealer = await sealerOf(tx, user)
      const before = await open(sealer, row)
      const after = { ...before, name }
      if (before.name === name) return ok(after)
      await updateName(tx, id, sealer.seal(placeOf(id, 'name'), name))
      const snapshots = { before: snapshotOf(user, before), after: snapshotOf(user, after) }
      await record(tx, by, { action: 'totp.renamed', target: user, ...snapshots })
      return ok(after)
    },
    remove: async (tx, by, { user, id }) => (await recordRemoved(tx, by, user, await deleteTotps(tx, user, id)))[0],
    removeAllOf: async (tx, by, user) => {
      await deleteOffersOf(tx, user)
      return (await recordRemoved(tx, by, user, await deleteTotps(tx, user))).length
    },
    removeLater: async (tx, by, user, later) => {
      await deleteOffersOf(tx, user)
      await recordRemoved(tx, by, user, await deleteLaterTotps(tx, user, later))
    },
  }
}
