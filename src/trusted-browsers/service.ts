import type { Db, Tx } from '../db/types.ts'
import type { Clock } from '../lib/clock.ts'
import type { Secret } from '../lib/secret.ts'
import type { UserId } from '../users/user.ts'
import type { DescribeDevice, RecordTrustEvent, SealsOfPersons } from './ports.ts'
import {
  deleteTrust,
  deleteTrustsOf,
  findTrust,
  insertTrust,
  listTrusts,
  rowOf,
  type TrustRow,
  touchTrust,
} from './store.ts'
import {
  deviceShape,
  hashOf,
  newToken,
  type StandsFor,
  type TrustEnd,
  type TrustedBrowser,
  type TrustedBrowserId,
  trustedBrowserId,
} from './trusted-browser.ts'

interface Trusting {
  /** What was proven in it, in this very sign-in. */
  readonly factor: StandsFor
  readonly userAgent: string | undefined
  readonly ip: string
}

/**
 * Browsers in which a person is not asked for a second factor. It is a convenience that weakens the sign-in: it stands for
 * the factor that was proven, counts as `mfa` at most, and never opens a sensitive change.
 */
export interface TrustedBrowsers<By> {
  /** Milliseconds; 0: offered to nobody, and what was trusted before counts for nothing. */
  readonly lifetime: number
  /** What the trust stands for; undefined: not trusted. Costs no query where the browser carries nothing. */
  provenBy(user: UserId, tokens: readonly Secret<string>[]): Promise<StandsFor | undefined>
  /** In the transaction that completes a sign-in which rested on it. False where it has ended meanwhile. */
  used(tx: Tx, user: UserId, tokens: readonly Secret<string>[]): Promise<boolean>
  /** The token is minted here, at each trust: what a browser carried may have been planted by somebody who knows it. */
  trust(
    tx: Tx,
    by: By,
    user: UserId,
    trusting: Trusting,
  ): Promise<{ readonly token: Secret<string>; readonly expiresAt: Date }>
  /** The youngest first; empty for somebody who was erased. `tokens`: of the browser that asks. */
  listOf(user: UserId, tokens?: readonly Secret<string>[]): Promise<TrustedBrowser[]>
  /** False for one that is not theirs: nobody learns whether there is one. */
  end(tx: Tx, by: By, what: { readonly user: UserId; readonly id: TrustedBrowserId }): Promise<boolean>
  endAllOf(tx: Tx, by: By, user: UserId, reason: Exclude<TrustEnd, 'expired'>): Promise<number>
}

interface TrustedBrowsersDeps<By> {
  readonly db: Db
  readonly persons: SealsOfPersons
  readonly describe: DescribeDevice
  readonly clock: Clock
  readonly record: RecordTrustEvent<By>
  readonly lifetime: number
}

const placeOf = (column: 'device' | 'ip', id: TrustedBrowserId) =>
  ({ table: 'trusted_browsers', column, row: rowOf(id) }) as const

export function createTrustedBrowsers<By>(deps: TrustedBrowsersDeps<By>): TrustedBrowsers<By> {
  const { db, persons, describe, clock, record, lifetime } = deps
  const living = () => {
    const now = clock.now()
    return { now, trustedAfter: new Date(now.getTime() - lifetime) }
  }

  return {
    lifetime,
    provenBy: async (user, tokens) =>
      lifetime === 0 || tokens.length === 0 ? undefined : findTrust(db, user, tokens.map(hashOf), living()),
    used: (tx, user, tokens) => touchTrust(tx, user, tokens.map(hashOf), clock.now()),

    trust: async (tx, by, user, { factor, userAgent, ip }) => {
      if (lifetime === 0) throw new Error('no browser is trusted here')
      const sealer = await persons.of(tx, user)
      if (!sealer.ok) throw new Error(`no browser can be trusted for ${user}: its key is ${sealer.error}`)
      const { value } = sealer
      const [id, token, now] = [trustedBrowserId.generate(), newToken(), clock.now()]
      const expiresAt = new Date(now.getTime() + lifetime)
      const row: TrustRow = {
        id,
        user,
        tokenHash: hashOf(token),
        factor,
        device: value.seal(placeOf('device', id), JSON.stringify(describe(userAgent))),
        ip: value.seal(placeOf('ip', id), ip),
        createdAt: now,
        expiresAt,
        lastUsedAt: now,
      }
      await insertTrust(tx, row)
      const after = { public: { browser: id, factor, expiresAt: expiresAt.toISOString() } }
      await record(tx, by, { action: 'browser.trusted', target: user, after })
      return { token, expiresAt }
    },

    listOf: async (user, tokens = []) => {
      const sealer = await persons.of(db, user)
      if (lifetime === 0 || !sealer.ok) return []
      const { value } = sealer
      const here = tokens.map(hashOf)
      const rows = await listTrusts(db, user, living())
      return Promise.all(
        rows.map(async ({ id, factor, device, ip, tokenHash, createdAt, lastUsedAt, expiresAt }) => {
          const said = await value.openText(placeOf('device', id), device)
          const place = await value.openText(placeOf('ip', id), ip)
          const isHere = here.some((hash) => hash.equals(tokenHash))
          const shown = deviceShape.parse(JSON.parse(said.reveal()))
          return { id, factor, device: shown, ip: place.reveal(), createdAt, lastUsedAt, expiresAt, isHere }
        }),
      )
    },

    end: async (tx, by, { user, id }) => {
      if (!(await deleteTrust(tx, user, id))) return false
      const before = { public: { browser: id } }
      const after = { public: { reason: 'ended-by-owner' } }
      await record(tx, by, { action: 'browser.trust_ended', target: user, before, after })
      return true
    },

    endAllOf: async (tx, by, user, reason) => {
      const count = await deleteTrustsOf(tx, user)
      const after = { public: { count, reason } }
      if (count > 0) await record(tx, by, { action: 'browser.trust_ended', target: user, after })
      return count
    },
  }
}
