import { describe, expect, it } from 'vitest'
import { inInstance } from '../../../src/db/transaction.ts'
import { tellingWebhookKeepers } from '../../../src/instance/webhook-keepers.ts'
import { orgId } from '../../../src/orgs/org.ts'
import { disablingFailing } from '../../../src/webhooks/endpoints/failing.ts'
import { testConfig } from '../../support/config.ts'
import { captureLog } from '../../support/log.ts'
import { type EndpointsWorld, endpointsWorld, instanceAuthority, must, operator } from './support.ts'

const disabling = ({ services, clock }: EndpointsWorld) => {
  const tell = tellingWebhookKeepers({ config: testConfig(), services, clock, log: captureLog().log })
  const by = { actor: { kind: 'system', id: 'webhooks.deliver' } } as const
  const disable = disablingFailing({ by, record: services.events.recordEvent, tell })
  return (endpoint: Parameters<typeof disable>[1]) =>
    inInstance(services.database.owner, (tx) => disable(tx, endpoint, clock.now()))
}

describe('a webhook that takes nothing any more', () => {
  it('[TOS-5] of an organisation is disabled with an event, and those who look after its webhooks are told, nobody else', async () => {
    const world = await endpointsWorld()
    const { org, owner } = await world.company()
    const admin = await world.join(org, ['admin'])
    await world.join(org, ['member'])
    const { owner: stranger } = await world.company('other')
    const at = await world.add(org, { name: 'till', url: 'https://till.example/in?token=t0ps3cret' })

    expect(await disabling(world)(at)).toBe(true)
    expect(await world.endpoints.find(instanceAuthority, at)).toMatchObject({
      disabledBecause: 'failing',
      disabledAt: world.clock.now(),
    })
    expect((await world.recorded()).slice(1)).toEqual([
      {
        action: 'webhook.disabled',
        org_id: orgId.toUuid(org),
        target_id: at.id,
        actor_kind: 'system',
        before: { disabledBecause: null },
        after: { disabledBecause: 'failing' },
      },
    ])
    const letters = (await world.letters()).filter(({ message }) => message === 'webhook-disabled')
    const addresses = await Promise.all([owner, admin].map(async (id) => (await world.people.users.find(id))?.email))
    expect(letters.map(({ to }) => to).sort()).toEqual(addresses.sort())
    expect(addresses).not.toContain((await world.people.users.find(stranger))?.email)
    for (const { text } of letters) {
      expect(text).toContain('till')
      expect(text).toContain(at.id)
      expect(text).not.toContain('t0ps3cret')
    }
  })

  it('of an organisation in which nobody can read of it is told of to the administrators of the instance', async () => {
    const world = await endpointsWorld()
    const { org, owner } = await world.company()
    const admin = await world.person('Ingrid Instance', { admin: true })
    const at = await world.add(org, { name: 'till' })
    must(await world.people.users.disable(operator, owner))
    expect(await disabling(world)(at)).toBe(true)
    const letters = (await world.letters()).filter(({ message }) => message === 'webhook-disabled')
    expect(letters.map(({ to }) => to)).toEqual([(await world.people.users.find(admin))?.email])
  })

  it('of the instance is told of to the administrators of the instance, and to no member of anything', async () => {
    const world = await endpointsWorld()
    await world.company()
    const admin = await world.person('Ingrid Instance', { admin: true })
    const at = await world.add(null)
    expect(await disabling(world)(at)).toBe(true)
    const letters = (await world.letters()).filter(({ message }) => message === 'webhook-disabled')
    expect(letters.map(({ to }) => to)).toEqual([(await world.people.users.find(admin))?.email])
  })

  it('is disabled once, and what somebody else has disabled or removed stays as it is', async () => {
    const world = await endpointsWorld()
    await world.person('Ingrid Instance', { admin: true })
    const disable = disabling(world)
    const [failing, byHand, gone] = [await world.add(null), await world.add(null), await world.add(null)]
    must(await world.endpoints.disable(operator, instanceAuthority, byHand))
    must(await world.endpoints.remove(operator, instanceAuthority, gone))
    const before = (await world.recorded()).length
    // At once: two deliveries that give up in the same moment.
    expect((await Promise.all([disable(failing), disable(failing)])).sort()).toEqual([false, true])
    expect([await disable(byHand), await disable(gone)]).toEqual([false, false])
    expect(await world.recorded()).toHaveLength(before + 1)
    expect(await world.letters()).toHaveLength(1)
  })
})
