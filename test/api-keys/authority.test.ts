import { describe, expect, it } from 'vitest'
import type { Authority } from '../../src/access/authority.ts'
import type { KeyPlace } from '../../src/api-keys/service.ts'
import type { Asked } from '../../src/db/asked.ts'
import type { AccountPlace } from '../../src/service-accounts/service.ts'
import type { UserId } from '../../src/users/user.ts'
import { whileRemoved } from '../orgs/losing-power.ts'
import { must } from '../orgs/support.ts'
import { instanceAuthority, type KeysWorld, keysWorld, operator } from './support.ts'

interface Given {
  readonly world: KeysWorld
  readonly admin: UserId
  readonly program: AccountPlace
  /** Of the program. */
  readonly key: KeyPlace
}

type Act = (given: Given, asked: Asked<Authority>) => Promise<{ readonly ok: boolean }>

const acts: Record<string, Act> = {
  'makes a key': ({ world, admin, program: { organisation, id } }, asked) =>
    world.apiKeys.create(world.as(admin), asked, { organisation, owner: id, name: 'x', permissions: 'read-only' }),
  'renames a key': ({ world, admin, key }, asked) => world.apiKeys.rename(world.as(admin), asked, key, 'y'),
  'rotates a key': ({ world, admin, key }, asked) => world.apiKeys.rotate(world.as(admin), asked, key, {}),
  'revokes a key': ({ world, admin, key }, asked) => world.apiKeys.revoke(world.as(admin), asked, key),
  'makes a program': ({ world, admin, program: { organisation } }, asked) =>
    world.serviceAccounts.create(world.as(admin), asked, { organisation, name: 'other', roles: ['member'] }),
  'disables a program': ({ world, admin, program }, asked) =>
    world.serviceAccounts.disable(world.as(admin), asked, program),
  'removes a program': ({ world, admin, program }, asked) =>
    world.serviceAccounts.remove(world.as(admin), asked, program),
}

async function given() {
  const world = await keysWorld()
  const { org: organisation } = await world.company()
  const admin = await world.join(organisation, ['admin'])
  const wish = { organisation, name: 'importer', roles: ['member'] }
  const { id } = must(await world.serviceAccounts.create(operator, instanceAuthority, wish))
  const made = { organisation, owner: id, name: 'nightly', permissions: 'admin' } as const
  const { key } = must(await world.apiKeys.create(operator, instanceAuthority, made))
  return { world, admin, program: { organisation, id }, key: { organisation, id: key.id } }
}

describe('on whose authority', () => {
  it.each(Object.entries(acts))(
    'somebody %s: it is asked when it is their turn, and not before they lost their roles',
    async (_what, act) => {
      const there = await given()
      const { world, admin, program, key } = there
      const org = program.organisation
      const counted = async () => [await world.count('api_keys'), await world.count('service_accounts')]
      const before = await counted()
      const done = await whileRemoved(world, { org, who: admin }, (asked) => act(there, asked))
      expect([
        { ok: false, error: 'forbidden' },
        { ok: false, error: 'not-found' },
        { ok: false, error: { reason: 'not-found' } },
        { ok: false, error: { reason: 'not-allowed' } },
      ]).toContainEqual(done)
      expect(await counted()).toEqual(before)
      expect(await world.apiKeys.find(operator, instanceAuthority, key)).toMatchObject({
        name: 'nightly',
        revokedAt: null,
      })
      expect(await world.serviceAccounts.find(program.id)).toMatchObject({ status: 'active' })
    },
  )

  it.each(Object.entries(acts))('somebody %s who has not lost them', async (_what, act) => {
    const there = await given()
    const asked = there.world.authorityThen(there.program.organisation, there.admin)
    expect(await act(there, asked)).toMatchObject({ ok: true })
  })
})
