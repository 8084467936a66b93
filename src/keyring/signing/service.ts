import { inTransaction } from '../../db/transaction.ts'
import type { Db, Tx } from '../../db/types.ts'
import { AppError } from '../../errors/app-error.ts'
import { fail, ok, type Result } from '../../lib/result.ts'
import { lockSigningKeys } from '../locks.ts'
import { notify, SIGNING_KEYS_CHANNEL } from '../notice.ts'
import { satisfies } from './material.ts'
import { openSigningKey } from './open-key.ts'
import { dueWork, readyAt } from './schedule.ts'
import {
  inState,
  type KeyHolder,
  type SigningAlgorithm,
  type SigningKeyPolicy,
  type SigningKeyRow,
} from './signing-key.ts'
import { holderOfKey, listKeyHolders, listSigningKeys, sweepErasedKeys } from './store.ts'
import { activate, createNext, erase, retire, revoke, type TransitionDeps } from './transitions.ts'

/** `readyAt`: when the next key will have been published for long enough. */
export interface TooYoung {
  readonly reason: 'too-young'
  readonly readyAt: Date
}
export type NoSuchKey = { readonly reason: 'not-found' | 'already-retired' | 'already-gone' }

interface Force {
  /** Lets the next key sign although some APIs may not have fetched it yet. */
  readonly force?: boolean
}

/** The keys of one holder. */
export interface KeysOfHolder {
  list(): Promise<SigningKeyRow[]>
  /** At every start: an active key and a next one of the kind that the configuration asks for. */
  ensure(): Promise<void>
  /** For a periodic job on any instance: does what is due by now in every set, once. */
  maintain(): Promise<{ rotated: boolean; erased: string[] }>
  rotate(options?: Force): Promise<Result<{ active: string; retired: string }, TooYoung>>
  /** Takes a key out of use in good order: what it signed stays valid. */
  retire(kid: string, options?: Force): Promise<Result<{ active: string }, TooYoung | NoSuchKey>>
  /** Takes a key out of use at once: what it signed stops validating, and its private half is erased from the database. */
  revoke(kid: string): Promise<Result<{ active: string }, NoSuchKey>>
}

/** The instance's keys, and by `ofApi` those of an API that has a set of its own. */
export interface SigningKeys extends KeysOfHolder {
  /** `ensure` makes the set. */
  ofApi(apiUuid: string): KeysOfHolder
}

type Deps = TransitionDeps & {
  readonly owner: Db
  /** What an API that has a set of its own signs with; null: as the configuration says. */
  readonly algorithmOf?: (db: Db, apiUuid: string) => Promise<SigningAlgorithm | null>
}

export function signingKeys(deps: Deps): SigningKeys {
  const { owner } = deps
  const instance = keysOf('instance', deps)
  /** A key is named by its thumbprint, whosever it is. */
  const withKey = async (kid: string): Promise<KeysOfHolder> =>
    keysOf((await holderOfKey(owner, kid)) ?? 'instance', deps)
  return {
    ...instance,
    ofApi: (api) => keysOf({ api }, deps),
    maintain: async () => {
      const done = { rotated: false, erased: [] as string[] }
      for (const holder of await listKeyHolders(owner)) {
        const { rotated, erased } = await keysOf(holder, deps).maintain()
        done.rotated ||= rotated
        done.erased.push(...erased)
      }
      return done
    },
    retire: async (kid, options) => (await withKey(kid)).retire(kid, options),
    revoke: async (kid) => (await withKey(kid)).revoke(kid),
  }
}

function keysOf(holder: KeyHolder, deps: Deps): KeysOfHolder {
  const { owner, policy, clock } = deps

  /** One change at a time over all instances; every process hears of it when it commits. */
  const change = <T>(work: (tx: Tx, rows: SigningKeyRow[]) => Promise<T>): Promise<T> =>
    inTransaction(owner, async (tx) => {
      await lockSigningKeys(tx)
      const result = await work(tx, await listSigningKeys(tx, holder))
      await notify(tx, SIGNING_KEYS_CHANNEL)
      return result
    })

  const erasing = async <T>(work: Promise<T>): Promise<T> => {
    const result = await work
    // What was asked for is committed: a sweep that fails must not make it look undone. PostgreSQL's own comes later.
    await sweepErasedKeys(owner).catch(() => undefined)
    return result
  }

  /** Of the keys that this holder is to have from now on. */
  const kind = async (db: Db): Promise<SigningKeyPolicy> => {
    const own = holder === 'instance' ? undefined : await deps.algorithmOf?.(db, holder.api)
    return own ? { ...policy, algorithm: own } : policy
  }
  const createNextOfKind = async (tx: Tx) => createNext(tx, { ...deps, policy: await kind(tx) }, holder)

  const replaceNext = async (tx: Tx, next: SigningKeyRow | undefined): Promise<void> => {
    if (next) await erase(tx, deps, next)
    await createNextOfKind(tx)
  }

  const advance = async (tx: Tx, rows: readonly SigningKeyRow[]): Promise<{ active: string; retired: string }> => {
    const { active, next } = bothOf(rows)
    // Better an old key for longer than one that cannot sign.
    await openSigningKey(deps.instance, next)
    await retire(tx, deps, active)
    await activate(tx, deps, next, { early: readyAt(next, policy) > clock.now() })
    await createNextOfKind(tx)
    return { active: next.kid, retired: active.kid }
  }

  const youngOf = (rows: readonly SigningKeyRow[], { force = false }: Force = {}): TooYoung | undefined => {
    const ready = readyAt(bothOf(rows).next, policy)
    return force || ready <= clock.now() ? undefined : { reason: 'too-young', readyAt: ready }
  }

  /** One that does not open is replaced like one of the wrong kind: it has signed nothing. */
  const isAsConfigured = async (db: Db, next: SigningKeyRow): Promise<boolean> => {
    const material = await openSigningKey(deps.instance, next).catch(() => undefined)
    return material !== undefined && satisfies(material, await kind(db))
  }

  const revokeNow = (kid: string): Promise<Result<{ active: string }, NoSuchKey>> =>
    change(async (tx, rows) => {
      const key = rows.find((row) => row.kid === kid)
      if (!key) return fail({ reason: 'not-found' })
      if (key.state === 'gone') return fail({ reason: 'already-gone' })
      await revoke(tx, deps, key)
      if (key.state === 'retired') return ok({ active: bothOf(rows).active.kid })
      if (key.state === 'next') {
        await createNextOfKind(tx)
        return ok({ active: bothOf(rows).active.kid })
      }
      // Young or not, and of whatever kind: a key that somebody else holds must not sign one more token.
      const { next } = bothOf(rows)
      const opens = await openSigningKey(deps.instance, next).catch(() => undefined)
      if (!opens) await erase(tx, deps, next)
      const successor = opens ? next : await createNextOfKind(tx)
      await activate(tx, deps, successor, { early: !opens || readyAt(next, policy) > clock.now() })
      await createNextOfKind(tx)
      return ok({ active: successor.kid })
    })

  return {
    list: () => listSigningKeys(owner, holder),
    ensure: async () => {
      const asConfigured = (next: SigningKeyRow) => isAsConfigured(owner, next)
      if (await isComplete(await listSigningKeys(owner, holder), asConfigured)) return
      await change(async (tx, rows) => {
        if (!inState(rows, 'active')) await activate(tx, deps, inState(rows, 'next') ?? (await createNextOfKind(tx)))
        const next = inState(await listSigningKeys(tx, holder), 'next')
        if (!next || !(await isAsConfigured(tx, next))) await replaceNext(tx, next)
      })
    },
    maintain: async () => {
      const before = dueWork(await listSigningKeys(owner, holder), policy, clock.now())
      if (!before.rotate && before.erase.length === 0) return { rotated: false, erased: [] }
      const done = change(async (tx, rows) => {
        const due = dueWork(rows, policy, clock.now())
        for (const key of due.erase) await erase(tx, deps, key)
        if (due.rotate) await advance(tx, rows)
        return { rotated: due.rotate, erased: due.erase.map(({ kid }) => kid) }
      })
      return before.erase.length === 0 ? done : erasing(done)
    },
    rotate: (options) =>
      change(async (tx, rows) => {
        const young = youngOf(rows, options)
        return young ? fail(young) : ok(await advance(tx, rows))
      }),
    retire: (kid, options) =>
      change(async (tx, rows) => {
        const key = rows.find((row) => row.kid === kid)
        if (!key) return fail({ reason: 'not-found' })
        if (key.state === 'retired') return fail({ reason: 'already-retired' })
        if (key.state === 'gone') return fail({ reason: 'already-gone' })
        if (key.state === 'next') {
          // It has signed nothing, so nothing has to outlive it.
          await replaceNext(tx, key)
          return ok({ active: bothOf(rows).active.kid })
        }
        const young = youngOf(rows, options)
        return young ? fail(young) : ok(await advance(tx, rows))
      }),
    revoke: (kid) => erasing(revokeNow(kid)),
  }
}

async function isComplete(
  rows: readonly SigningKeyRow[],
  isAsConfigured: (next: SigningKeyRow) => Promise<boolean>,
): Promise<boolean> {
  const next = inState(rows, 'next')
  return inState(rows, 'active') !== undefined && next !== undefined && (await isAsConfigured(next))
}

function bothOf(rows: readonly SigningKeyRow[]): { active: SigningKeyRow; next: SigningKeyRow } {
  const active = inState(rows, 'active')
  const next = inState(rows, 'next')
  if (!active || !next) throw new AppError('keyring-empty')
  return { active, next }
}
