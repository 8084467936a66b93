import type { LimitRefusal } from '../http/limits/quota.ts'
import type { Account, Guard, Pause, Ticket, Where } from './ports.ts'

/** Not judged, and the same for everybody: whether there is such an account changes neither answer nor work. */
export type HeldBack = { readonly kind: 'limited'; readonly verdict: LimitRefusal } | Pause

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
  { admit: admitGuess, lockout, emailKey }: Guard,
  {
    email: typed,
    named,
    isKnown,
    where: {
      origin: { ip },
      browser,
    },
  }: { email: string; named: Account | undefined; where: Where; isKnown: Promise<boolean> },
): Promise<Admitted | HeldBack> {
  const email = emailKey(typed)
  const knownBrowser = (await isKnown) ? browser : undefined
  const attempt = { pool: 'password', email, user: named?.id, browser } as const
  const begun = await admitGuess({ rule: 'signIn', keys: { email, ip, knownBrowser } }, attempt)
  if (begun.kind !== 'go') return begun
  const { ticket, succeeded } = begun
  const giveBack = async () => {
    await Promise.all([lockout.giveBack(ticket), succeeded()])
  }
  return { kind: 'go', ticket, giveBack, succeeded }
}
