import { describe, expect, it } from 'vitest'
import { inInstance } from '../../../src/db/transaction.ts'
import { matching } from '../../../src/webhooks/endpoints/matching.ts'
import { endpointsWorld, must, operator } from './support.ts'

describe('[TOS-5] who is to be told of an event', () => {
  it('is no organisation that was deleted, of what happened before that either', async () => {
    const world = await endpointsWorld()
    const [{ org: gone }, { org: stays }] = [await world.company('gone'), await world.company('stays')]
    await world.add(gone, { events: ['*'] })
    const [kept, ofInstance] = [await world.add(stays, { events: ['*'] }), await world.add(null, { events: ['*'] })]
    const told = async () => {
      const at = world.clock.now()
      const entries = [gone, stays].map((organisation) => ({ organisation, action: 'membership.created', at }))
      const matches = await inInstance(world.services.database.owner, (tx) => matching(tx, entries))
      return matches.map(({ endpoint, entry }) => [endpoint.id, entry.organisation])
    }
    expect(await told()).toHaveLength(4)
    // The follower that removes its endpoints has not read of it yet.
    must(await world.organisations.remove(operator, gone))
    expect((await told()).toSorted()).toEqual(
      [
        [ofInstance.id, gone],
        [kept.id, stays],
        [ofInstance.id, stays],
      ].toSorted(),
    )
  })
})
