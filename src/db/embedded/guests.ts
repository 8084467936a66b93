import { existsSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { dirOwnerUnderRoot } from './account.ts'
import { belongsToAnother, isForbidden } from './failure.ts'
import type { Layout } from './layout.ts'
import { type HeldLock, tryHold } from './locks.ts'

/**
 * A command's word that it uses the database, given before it looks for the server and kept by the kernel until it
 * ends. A command that started the server itself stops it only when no other command has given its word.
 */
export interface GuestPass {
  /** Waits until this is the only guest, and lets no other in from then on. False when the others stayed for too long. */
  alone(patienceMs: number): Promise<boolean>
  release(): void
}

const LOOK_EVERY = 20

/** The directory must exist. Undefined when somebody was stopping the server all that time. */
export async function enterAsGuest(layout: Layout, patience: AbortSignal): Promise<GuestPass | undefined> {
  for (;;) {
    const held = await holdTogether(layout)
    if (held) return { alone: (patienceMs) => untilAlone(held, patienceMs), release: held.release }
    if (patience.aborted) return undefined
    await delay(LOOK_EVERY)
  }
}

/** Whether a command uses the database, or is stopping it. A file that cannot be opened is left to the start to judge. */
export function hasGuests({ guestsLock }: Layout): boolean {
  if (!existsSync(guestsLock)) return false
  try {
    const held = tryHold(guestsLock)
    held?.release()
    return held === undefined
  } catch {
    return false
  }
}

async function holdTogether(layout: Layout): Promise<HeldLock | undefined> {
  const owner = await dirOwnerUnderRoot(layout)
  try {
    return tryHold(layout.guestsLock, { owner, shared: true })
  } catch (error) {
    throw isForbidden(error) ? belongsToAnother(layout.dataDir, error) : error
  }
}

async function untilAlone(held: HeldLock, patienceMs: number): Promise<boolean> {
  const patience = AbortSignal.timeout(patienceMs)
  while (!held.tryAlone()) {
    if (patience.aborted) return false
    await delay(LOOK_EVERY)
  }
  return true
}
