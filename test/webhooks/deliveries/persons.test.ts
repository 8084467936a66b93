import { describe, expect, it } from 'vitest'
import { inTransaction } from '../../../src/db/transaction.ts'
import type { Id } from '../../../src/lib/ids.ts'
import { receiver } from './receiver.ts'
import { type DeliveriesWorld, deliveriesWorld, operator } from './support.ts'

const about = (person: Id<'usr'>) => ({
  action: 'user.disabled' as const,
  target: person,
  before: { public: { status: 'active' }, personal: { personId: person, fields: { name: 'Ada Lovelace' } } },
  after: { public: { status: 'disabled' } },
})

const as = (person: Id<'usr'>) => ({
  ...operator,
  actor: { kind: 'person', id: person } as const,
  ip: '192.0.2.44',
  userAgent: 'Analytical Engine',
})

const told = async (world: DeliveriesWorld, backEnd: Awaited<ReturnType<typeof receiver>>) => {
  await world.follow()
  await world.deliver()
  return JSON.parse(backEnd.received.at(-1)?.body ?? '{}').data
}

describe('[TOS-5] what speaks of persons', () => {
  it('is told to an endpoint that is to have it, and to no other', async () => {
    const world = await deliveriesWorld()
    const [bare, full] = [await receiver(), await receiver()]
    await world.endpoint(bare.url, { events: ['user.disabled'] })
    await world.endpoint(full.url, { events: ['user.disabled'], personal: true })
    const person = await world.person('Ada Lovelace')
    await world.record(about(person), as(person))
    const all = await told(world, full)
    expect(all).toMatchObject({
      before: { status: 'active', name: 'Ada Lovelace' },
      actor: { kind: 'person', id: person, name: 'Ada Lovelace' },
      ip: '192.0.2.44',
      userAgent: 'Analytical Engine',
      erased: false,
    })
    const [{ body } = { body: '' }] = bare.received
    expect(JSON.parse(body).data).toMatchObject({ before: { status: 'active' }, actor: { id: person, name: null } })
    for (const personal of ['Lovelace', '192.0.2.44', 'Analytical']) expect(body).not.toContain(personal)
  })

  it('is told no more once they are erased, though it happened before and waited', async () => {
    const world = await deliveriesWorld()
    const full = await receiver()
    await world.endpoint(full.url, { events: ['user.disabled'], personal: true })
    const person = await world.person('Ada Lovelace')
    await world.record(about(person), as(person))
    await world.follow()
    await inTransaction(world.services.database.owner, (tx) => world.services.keyring.persons.destroy(tx, person))
    const data = await told(world, full)
    expect(data).toMatchObject({ erased: true, before: { status: 'active' }, target: { id: person }, ip: null })
    for (const personal of ['Lovelace', '192.0.2.44', 'Analytical'])
      expect(full.received.at(-1)?.body).not.toContain(personal)
  })
})
