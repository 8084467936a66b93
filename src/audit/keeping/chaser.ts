import { type FollowDeps, follow } from '../following/follow.ts'
import type { Follower } from '../following/follower.ts'
import { HEADS_MAIL, isDue, type MailHeadsDeps, mailLatestHead } from '../heads/mail.ts'
import type { HeadOutlet } from '../heads/outlet.ts'
import { letHeadsOut } from '../heads/outlet.ts'
import type { Standing } from './standing.ts'

/** Whoever goes along the chain, or along its signed heads. */
export interface Chaser {
  readonly name: string
  /** By what was asked anyway: nothing is asked for those who are where the chain ends. */
  isBehind(standing: Standing): boolean
  run(isOver: () => boolean): Promise<void>
}

/** Until there is no more, or until it is time to stop. */
const untilDone =
  (step: () => Promise<number>): Chaser['run'] =>
  async (isOver) => {
    while (!isOver() && (await step()) > 0);
  }

export const chasing = (deps: FollowDeps, follower: Follower): Chaser => ({
  name: follower.name,
  isBehind: ({ seq, places }) => (places.get(follower.name)?.seq ?? -1) < seq,
  run: untilDone(() => follow(deps, follower)),
})

export const leaving = (deps: FollowDeps, outlet: HeadOutlet): Chaser => ({
  name: outlet.name,
  isBehind: ({ signedSeq, places }) => (places.get(outlet.name)?.seq ?? -1) < signedSeq,
  run: untilDone(() => letHeadsOut(deps, outlet)),
})

export const mailing = (deps: MailHeadsDeps): Chaser => ({
  name: HEADS_MAIL,
  isBehind: ({ signedSeq, places }) => {
    const place = places.get(HEADS_MAIL)
    return !place || (place.seq < signedSeq && isDue(place.movedAt, deps.clock.now()))
  },
  run: async () => void (await mailLatestHead(deps)),
})
