import type { Proof } from '../factors/factor.ts'
import type { Level } from '../factors/level.ts'
import { steppedUpAt, strongestOf } from '../factors/step-up.ts'
import { readProofs } from '../factors/stored.ts'
import type { Sessions, StepUpRules, Viewer } from './ports.ts'

/** Seconds. Before somebody changes where their account can be recovered, they prove who they are once more (threat 20). */
export const FRESH_SECONDS = 300

/** What a sensitive change makes of how somebody has signed in. */
export interface Standing {
  /** How strong a sign-in it takes: as strong as the person can. */
  readonly level: Level
  /** Since when what was proven reaches that; undefined where it does not. */
  readonly at: Date | undefined
  readonly proofs: readonly Proof[]
  /** When something was proven last, enough or not. */
  readonly lastAt: Date
}

interface StepUpDeps {
  readonly sessions: Pick<Sessions, 'proofsOf'>
  readonly stepUp: Pick<StepUpRules, 'heldBy' | 'counting'>
}

export const standing =
  ({ sessions, stepUp: { heldBy, counting } }: StepUpDeps) =>
  async (viewer: Viewer): Promise<Standing> => {
    const [stored, held] = await Promise.all([sessions.proofsOf(viewer.session, viewer.user), heldBy(viewer.user)])
    const proofs = proofsIn(stored, viewer)
    const times = [viewer.authTime, ...proofs.map((proof) => proof.at)].map((at) => at.getTime())
    const level = strongestOf(held, counting)
    return { level, proofs, at: steppedUpAt(proofs, held, counting), lastAt: new Date(Math.max(...times)) }
  }

/** Of a session that is older than second factors nothing is kept but that it began with a password. */
function proofsIn(stored: unknown, { authTime, amr }: Viewer): Proof[] {
  const proofs = stored === undefined ? [] : readProofs(stored)
  return proofs.length > 0 || !amr.includes('pwd') ? proofs : [{ factor: 'password', at: authTime }]
}

export const isWithin = (at: Date | undefined, now: Date): boolean =>
  at !== undefined && now.getTime() - at.getTime() <= FRESH_SECONDS * 1000
