import { expect, it } from 'vitest'
import { instanceAuthority } from '../../src/access/authority.ts'
import { invitationJobHandlers } from '../../src/orgs/invitations/cleanup.ts'
import { by, must, type OrgsWorld, orgsWorld } from './support.ts'

const DAY = 86_400_000

async function clean({ services, clock }: OrgsWorld) {
  const record = services.events.recordEvent
  const [job] = invitationJobHandlers({ owner: services.database.owner, record, clock, remembered: 90 * DAY, batch: 2 })
  if (!job) throw new Error('there is no job')
  await job.run({}, { jobId: 'test', attempt: 1, signal: AbortSignal.timeout(10_000) })
}

it('an invitation that is over for long is forgotten, with the address in it, and its event stays', async () => {
  const world = await orgsWorld()
  const { org } = await world.company()
  const { invitations } = world
  for (const name of ['a', 'b', 'c', 'd', 'e'])
    must(await invitations.invite(by, instanceAuthority, org, { email: `${name}@example.com`, roles: ['member'] }))
  const [first] = await invitations.list({ org, limit: 10 })
  if (!first) throw new Error('nobody was invited')
  must(await invitations.withdraw(by, instanceAuthority, org, first.id))
  const left = async () => {
    const admin = await world.database.superuser()
    return (await admin.query('SELECT FROM invitations')).rowCount
  }
  world.clock.advance(90 * DAY - 1000)
  await clean(world)
  expect(await left()).toBe(5)
  // Withdrawn at once; the others could have been accepted for another week.
  world.clock.advance(2000)
  await clean(world)
  expect(await left()).toBe(4)
  world.clock.advance(7 * DAY)
  await clean(world)
  expect(await left()).toBe(0)
  const actions = (await world.events()).map(({ action }) => action)
  expect(actions.filter((action) => action === 'invitation.forgotten')).toHaveLength(5)
  expect(actions.filter((action) => action === 'invitation.sent')).toHaveLength(5)
})
