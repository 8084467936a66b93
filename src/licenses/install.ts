import { v7 } from 'uuid'
import { attempt } from '../db/attempt.ts'
import type { Tx } from '../db/types.ts'
import { fail, ok, type Result } from '../lib/result.ts'
import { type Held, lacksList, latestListOf, placeOf, readHeld } from './held.ts'
import { keepTime } from './keep-time.ts'
import { dateOf, type License, REVOCATIONS_TYPE } from './license/claims.ts'
import { isOlder, MOST_LIST_BYTES, openRevocations, type RevocationList, revokedIn } from './license/revocations.ts'
import { type Counting, counts, type Standing } from './license/standing.ts'
import { takeApart, type Unreadable } from './license/token.ts'
import { verify } from './license/verify.ts'
import type { Facts } from './ports.ts'
import type { LicensesDeps } from './service.ts'
import { deleteRow, lockLicense, replaceRow, tellOfLicense } from './store.ts'
import { momentOf, momentToInstall, TOLERANCE_MS } from './time.ts'

/** What does not count is not installed, and what was installed before is untouched. */
export type InstallRefusal =
  | { readonly reason: 'does-not-count'; readonly standing: Exclude<Standing, Counting> }
  | { readonly reason: 'list-unreadable'; readonly fault: Unreadable }
  /** An earlier list would take back what a later one says. */
  | { readonly reason: 'list-older'; readonly installed: Date }
  /** It would be the latest one until then, whatever is revoked meanwhile. */
  | { readonly reason: 'list-early'; readonly signed: Date }

export type Installed =
  | { readonly kind: 'license'; readonly standing: Counting }
  | { readonly kind: 'revocations'; readonly list: RevocationList }

/** What it says of itself decides which of the two it is judged as; it is believed only then. */
function isList(text: string): boolean {
  const parts = takeApart(text, MOST_LIST_BYTES)
  const header = parts.ok ? parts.value.header : undefined
  return typeof header === 'object' && header !== null && 'typ' in header && header.typ === REVOCATIONS_TYPE
}

/** In the log of events: who it was given to may be a person, and stands in the licence alone. */
const factsOf = ({ edition, product, features, limits, exp }: License): Facts => ({
  product,
  edition,
  features,
  limits,
  expiresAt: dateOf(exp).toISOString(),
})

export function installing<By>(deps: LicensesDeps<By>) {
  const { db, seals, settings, clock, record } = deps

  async function put(tx: Tx, kind: 'license' | 'revocations', text: string): Promise<void> {
    const id = v7()
    await replaceRow(tx, kind, { id, sealed: seals.seal(placeOf('licenses', id), text) }, clock.now())
    await tellOfLicense(tx)
  }

  async function installLicense(tx: Tx, by: By, held: Held, text: string): Promise<Result<Installed, InstallRefusal>> {
    const judged = (now: Date) => verify(text, { ...settings, keys: held.pinned.keys, revoked: held.lists, now })
    // First whether it is one at all: a time that nobody signed counts for nothing.
    const first = judged(clock.now())
    if (first.state === 'unreadable') return fail({ reason: 'does-not-count', standing: first })
    const { iat, jti } = first.license
    const { now, setBack } = momentToInstall(clock.now(), held.seen, iat)
    const standing = judged(now)
    if (!counts(standing)) return fail({ reason: 'does-not-count', standing })
    if (lacksList(held, standing.license.iss))
      return fail({ reason: 'does-not-count', standing: { state: 'unreadable', reason: 'tampered' } })
    await put(tx, 'license', text)
    await keepTime(tx, deps, held, {
      highest: now.getTime(),
      issued: Math.max(iat, held.seen?.issued ?? 0),
      lists: held.seen?.lists ?? {},
      setBackAt: setBack ? (held.rows.clock?.setBackAt ?? null) : null,
    })
    const former = held.text === undefined ? undefined : licenseIn(held, deps)
    await record(tx, by, {
      action: 'license.installed',
      target: jti,
      ...(former && { before: { public: { license: former.jti, ...factsOf(former) } } }),
      after: { public: factsOf(standing.license) },
    })
    return ok({ kind: 'license', standing })
  }

  async function installList(tx: Tx, by: By, held: Held, text: string): Promise<Result<Installed, InstallRefusal>> {
    const list = openRevocations(text, held.pinned.keys)
    if (!list.ok) return fail({ reason: 'list-unreadable', fault: list.error })
    const { iss, iat } = list.value
    const signed = dateOf(iat)
    const { now, setBack } = momentOf(clock.now(), held.seen)
    if (signed.getTime() > now.getTime() + TOLERANCE_MS) return fail({ reason: 'list-early', signed })
    const latest = latestListOf(held, iss) ?? 0
    const before = held.lists.find((kept) => kept.iss === iss)
    if (iat < latest || (before && isOlder(revokedIn(list.value), before)))
      return fail({ reason: 'list-older', installed: dateOf(Math.max(latest, before?.iat ?? 0)) })
    const others = held.lists.filter((kept) => kept.iss !== iss).map((kept) => kept.text)
    await put(tx, 'revocations', [...others, text].join('\n'))
    await keepTime(tx, deps, held, {
      highest: now.getTime(),
      issued: held.seen?.issued ?? 0,
      lists: { ...held.seen?.lists, [iss]: iat },
      setBackAt: setBack ? (held.rows.clock?.setBackAt ?? null) : null,
    })
    await record(tx, by, {
      action: 'license.revocations_installed',
      target: list.value.iss,
      after: { public: { revoked: list.value.revoked.length } },
    })
    return ok({ kind: 'revocations', list: list.value })
  }

  return {
    install: (by: By, text: string): Promise<Result<Installed, InstallRefusal>> =>
      attempt(db, async (tx) => {
        await lockLicense(tx, 'license')
        const held = await readHeld(tx, deps)
        return isList(text) ? installList(tx, by, held, text) : installLicense(tx, by, held, text)
      }),

    remove: (by: By): Promise<Result<undefined, 'missing'>> =>
      attempt(db, async (tx): Promise<Result<undefined, 'missing'>> => {
        await lockLicense(tx, 'license')
        const held = await readHeld(tx, deps)
        if (!held.rows.license) return fail('missing')
        const former = licenseIn(held, deps)
        await deleteRow(tx, 'license')
        await tellOfLicense(tx)
        await record(tx, by, {
          action: 'license.removed',
          target: former?.jti ?? held.rows.license.id,
          ...(former && { before: { public: factsOf(former) } }),
        })
        return ok(undefined)
      }),
  }
}

/** Whatever it may have become: what it says, for the log. */
function licenseIn({ text, pinned }: Held, { settings, clock }: Pick<LicensesDeps<unknown>, 'settings' | 'clock'>) {
  const standing = verify(text ?? '', { ...settings, keys: pinned.keys, now: clock.now() })
  return standing.state === 'unreadable' ? undefined : standing.license
}
