import type { Tx } from '../db/types.ts'
import { amrOf } from '../factors/amr.ts'
import { levelOf } from '../factors/level.ts'
import { demandOf } from '../factors/rule.ts'
import { writeProofs } from '../factors/stored.ts'
import type { Browser } from '../guard/browsers/browser.ts'
import { fail, ok, type Result } from '../lib/result.ts'
import type { Secret } from '../lib/secret.ts'
import { type SessionId, sessionId } from '../sessions/session.ts'
import { type Attempt, keyOf, versionAfter } from './attempts/attempt.ts'
import { putAttempt } from './attempts/store.ts'
import type { Done, EndDeps } from './claim.ts'
import type { Completed } from './machine/state.ts'
import type { By, PendingInteraction, Where } from './ports.ts'

interface Ending {
  readonly pending: PendingInteraction
  readonly where: Where
  readonly before: Attempt | undefined
  readonly completed: Completed
}

export interface Ended {
  readonly session: SessionId
  readonly browser: Browser
  /** Where it goes on; undefined where the interaction is still to be answered. */
  readonly returnTo: string | undefined
  /** For the browser that is trusted from now on. */
  readonly trust?: Secret<string>
}

/** `session`: the one that they have already, and go on from. */
export const byOf = ({ origin }: Where, user: Completed['user'], session?: SessionId): By => ({
  actor: { kind: 'person', id: user },
  ...origin,
  session,
})

/**
 * Session, attempt, events and the answer to the engine stand or fall together: where there is nothing to go back to, nobody is
 * signed in. The attempt is compared and set: of a form that was sent twice at
 * the same moment one starts a session, and the other (`lost`) leaves none behind. `stale`: what it goes on from has ended.
 * Whoever calls it holds the person, first of all: who ends everything, changes a factor or disables somebody holds them,
 * too, so one of the two comes first and is seen by the other.
 */
export async function finish(
  tx: Tx,
  deps: EndDeps,
  { pending, where, before, completed }: Ending,
  /** Asked in this transaction, behind the lock of the person: whether all that it is judged by still is so. */
  stillCounts: Promise<readonly boolean[]>,
): Promise<Result<Ended, 'lost' | 'stale'>> {
  const { sessions, passwords, events, guard, tellOfNewDevice } = deps
  const { user, proofs, passed } = completed
  const { browser } = where
  const { ip, userAgent } = where.origin
  const { amr, acr, at } = standing(completed)
  const written = writeProofs(proofs)
  const session = passed.from ?? sessionId.generate()
  const by = byOf(where, user, session)
  const next = { version: versionAfter(before), user, proofs, mustChangePassword: false, passed, session }
  const provenBy = proofs.map(({ factor }) => factor)
  // Nobody waits between these: what comes of the answers is judged before the commit.
  const [counts, , goesOn, isFirst, , meeting, , returnTo] = await Promise.all([
    stillCounts,
    vouchesForPassword(proofs) ? passwords.vouch(tx, user) : undefined,
    passed.from
      ? sessions.strengthen(tx, by, passed.from, { user, amr, acr, proofs: written })
      : sessions.start(tx, by, { id: session, user, amr, acr, userAgent, ip, at, proofs: written }),
    putAttempt(tx, keyOf(pending), next),
    guard.lockout.completed(tx, { user, browser }),
    guard.browsers.remember(tx, user, browser),
    events.recordEvent(tx, by, {
      action: 'sign_in.completed',
      target: user,
      after: { public: { client: pending.client.id, session, amr, acr, factors: provenBy } },
    }),
    pending.answer?.(tx, asDone(completed, session).signedIn),
  ])
  if (counts.includes(false) || !goesOn) return fail('stale')
  if (!isFirst) return fail('lost')
  if (!(await isTrustedStill(tx, deps, { completed, where }))) return fail('stale')
  if (meeting.kind === 'new') await tellOfNewDevice(tx, by, user, userAgent)
  const trust = await keepTrust(tx, deps, by, { completed, where })
  if (passed.putOff) await deps.factors.beginGrace(tx, by, user, demandOf([deps.factors.rule, ...pending.rules]).grace)
  return ok({ session, browser: meeting.browser, returnTo, ...(trust && { trust }) })
}

/** A mailed code proves the mailbox again, and a trusted browser nothing: neither says that the password is its owner's. */
const vouchesForPassword = (proofs: Completed['proofs']) =>
  proofs.some(({ factor }) => factor === 'password') &&
  proofs.some(({ factor }) => factor === 'passkey' || factor === 'totp' || factor === 'backup-code')

interface Trusting {
  readonly completed: Completed
  readonly where: Where
}

/** Its owner may have ended it since it was looked at. What a session rests on that this one goes on from was judged then. */
async function isTrustedStill(
  tx: Tx,
  { factors: { trustedBrowsers } }: EndDeps,
  { completed: { user, proofs, passed }, where: { trusted } }: Trusting,
): Promise<boolean> {
  const restsOnIt = passed.from === undefined && proofs.some(({ factor }) => factor === 'trusted-browser')
  return !restsOnIt || trustedBrowsers.used(tx, user, trusted)
}

async function keepTrust(
  tx: Tx,
  { factors: { trustedBrowsers } }: EndDeps,
  by: By,
  { completed: { user, passed }, where: { origin } }: Trusting,
): Promise<Secret<string> | undefined> {
  if (passed.trust === undefined || trustedBrowsers.lifetime === 0) return undefined
  return (
    await trustedBrowsers.trust(tx, by, user, { factor: passed.trust, userAgent: origin.userAgent, ip: origin.ip })
  ).token
}

export const doneBy = (completed: Completed, { session, browser, returnTo, trust }: Ended): Done => ({
  ...asDone(completed, session),
  browser,
  ...(returnTo !== undefined && { returnTo }),
  ...(trust && { trust }),
})

/** That it was done, by whichever form. */
export const asDone = (
  completed: Pick<Completed, 'user' | 'passed'> & Pick<Attempt, 'proofs'>,
  session: SessionId,
): Done => ({
  kind: 'done',
  signedIn: { user: completed.user, session, ...standing(completed) },
})

/**
 * `at` is what `max_age` is measured from: when the last factor was proven; and for whoever went on from a session, when
 * that one began, for a second factor alone is no new sign-in.
 */
function standing({ proofs, passed }: Pick<Attempt, 'proofs' | 'passed'>) {
  const times = proofs.map(({ at }) => at.getTime())
  return {
    amr: amrOf(proofs),
    acr: levelOf(proofs),
    at: passed.since ?? new Date(Math.max(...times)),
  }
}
