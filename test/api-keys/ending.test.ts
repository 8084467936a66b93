import { expect, it } from 'vitest'
import { lookAfterEndingKeys } from '../../src/instance/ending-keys.ts'
import { testConfig } from '../support/config.ts'
import { captureLog } from '../support/log.ts'
import { DAY, instanceAuthority, keysWorld, operator } from './support.ts'

async function endingWorld() {
  const world = await keysWorld()
  const { services, clock, database } = world
  const look = () =>
    lookAfterEndingKeys(
      { config: testConfig({ ISSUER_URL: 'https://id.example.com' }), services, clock, log: captureLog().log },
      new AbortController().signal,
    )
  const warned = async () => (await world.letters()).filter(({ message }) => message === 'api-key-expiring').length
  const actions = async () => {
    const admin = await database.superuser()
    const { rows } = await admin.query<{ action: string }>(
      `SELECT action FROM events WHERE action ~ '^api_key\\.' AND org_id IS NOT NULL ORDER BY id`,
    )
    return rows.map(({ action }) => action)
  }
  return { ...world, look, warned, actions }
}

it('[STO-4] the owner is told once, a week before a key ends; that it ended is written down once', async () => {
  const { keyed, look, warned, actions, clock } = await endingWorld()
  await keyed()
  clock.advance(83 * DAY - 1)
  await look()
  expect(await warned()).toBe(0)
  clock.advance(1)
  await look()
  await look()
  expect(await warned()).toBe(1)
  clock.advance(7 * DAY)
  await look()
  await look()
  expect(await actions()).toEqual(['api_key.created', 'api_key.expiry_announced', 'api_key.expired'])
})

it('of a program: whoever may look after service accounts is told', async () => {
  const world = await endingWorld()
  const { org } = await world.company()
  const made = await world.serviceAccounts.create(operator, instanceAuthority, {
    organisation: org,
    name: 'importer',
    roles: ['member'],
  })
  if (!made.ok) throw new Error(JSON.stringify(made.error))
  const wish = { organisation: org, owner: made.value.id, name: 'sync', permissions: 'admin' } as const
  expect((await world.apiKeys.create(operator, instanceAuthority, wish)).ok).toBe(true)
  world.clock.advance(83 * DAY)
  await world.look()
  await world.look()
  expect(await world.warned()).toBe(1)
  expect((await world.letters()).at(-1)).toMatchObject({
    name: 'Olga Owner',
    text: expect.stringContaining('importer'),
  })
})

it('of a key that was rotated the owner is told when the new one ends, and of the former one nothing', async () => {
  const world = await endingWorld()
  const { org, owner, authority, made } = await world.keyed()
  world.clock.advance(80 * DAY)
  await world.apiKeys.rotate(world.as(owner), authority, { organisation: org, id: made.id }, { overlap: 5 * DAY })
  world.clock.advance(4 * DAY)
  await world.look()
  expect(await world.warned(), 'the former one').toBe(0)
  world.clock.advance(79 * DAY)
  await world.look()
  await world.look()
  expect(await world.warned(), 'the new one').toBe(1)
})

it('nobody is told of a key that was rotated, revoked, or never meant to last', async () => {
  const world = await endingWorld()
  const { org, owner, authority, made } = await world.keyed()
  const short = await world.make(owner, authority, { organisation: org, lifetime: 2 * DAY })
  const dead = await world.make(owner, authority, { organisation: org })
  await world.apiKeys.revoke(world.as(owner), authority, { organisation: org, id: dead.id })
  await world.apiKeys.rotate(world.as(owner), authority, { organisation: org, id: made.id }, { overlap: 30 * DAY })
  await world.look()
  world.clock.advance(25 * DAY)
  await world.look()
  expect(await world.warned()).toBe(0)
  expect(await world.verdict(short.secret)).toBe('expired')
  expect((await world.actions()).filter((action) => action === 'api_key.expired')).toHaveLength(1)
})
