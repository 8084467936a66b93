import type { LimitVerdict } from '../http/limits/quota.ts'
import type { Account, Guard, Pause, Ticket, Where } from './ports.ts'

/** Not judged, and the same for everybody: whether there is such an account changes neither answer nor work. */
export type HeldBack = { readonly kind: 'limited'; readonly verdict: LimitVerdict & { readonly ok: false } } | Pause

/** May be judged, once; the failure is counted already, and goes back or stays. */
export interface Admitted {
  readonly kind: 'go'
  readonly ticket: Ticket
  /** Right, or not judged at all. What a completed sign-in resets, it resets in its own transaction. */
  giveBack(): Promise<void>
  /** No limit that counts failures alone has to count this one. */
  succeeded(): Promise<void>
}

export async function admit(
  { limits, lockout, browsers, emailKey }: Guard,
  {
    email: typed,
    named,
    where: {
      origin: { ip },
      browser,
    },
  }: { email: string; named: Account | undefined; where: Where },
): Promise<Admitted | HeldBack> {
  const email = emailKey(typed)
  const knownBrowser = (await browsers.isKnown(named?.id, browser)) ? browser : undefined
  const verdict = await limits.take('signIn', { email, ip, knownBrowser })
  if (!verdict.ok) return { kind: 'limited', verdict }
  const begun = await lockout.begin({ pool: 'password', email, user: named?.id, browser })
  if (begun.kind !== 'go') return begun
  const { ticket } = begun
  const { succeeded } = verdict
  const giveBack = async () => {
    await Promise.all([lockout.giveBack(ticket), succeeded()])
  }
  return { kind: 'go', ticket, giveBack, succeeded }
}
