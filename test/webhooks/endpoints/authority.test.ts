import { describe, expect, it } from 'vitest'
import type { Authority } from '../../../src/access/authority.ts'
import type { Asked } from '../../../src/db/asked.ts'
import { inOrganisation } from '../../../src/db/transaction.ts'
import type { UserId } from '../../../src/users/user.ts'
import { endpointId } from '../../../src/webhooks/endpoints/endpoint.ts'
import type { EndpointPlace } from '../../../src/webhooks/endpoints/service.ts'
import { whileRemoved } from '../../orgs/losing-power.ts'
import { type EndpointsWorld, endpointsWorld, given, instanceAuthority, must, operator } from './support.ts'

interface Asking {
  readonly world: EndpointsWorld
  readonly who: UserId
  readonly at: EndpointPlace
}

type Act = (asking: Asking, asked: Asked<Authority>) => Promise<{ readonly ok: boolean }>

const acts: Record<string, Act> = {
  'adds one': ({ world, who, at }, asked) => world.endpoints.add(world.as(who), asked, given(at.organisation)),
  'changes one': ({ world, who, at }, asked) =>
    world.endpoints.update(world.as(who), asked, at, { url: 'https://elsewhere.example/in' }),
  'rotates its secret': ({ world, who, at }, asked) => world.endpoints.rotateSecret(world.as(who), asked, at, {}),
  'ends its former secret': ({ world, who, at }, asked) => world.endpoints.removeFormerSecret(world.as(who), asked, at),
  'disables one': ({ world, who, at }, asked) => world.endpoints.disable(world.as(who), asked, at),
  'enables one': ({ world, who, at }, asked) => world.endpoints.enable(world.as(who), asked, at),
  'removes one': ({ world, who, at }, asked) => world.endpoints.remove(world.as(who), asked, at),
}

/** With a former secret, and disabled where it is to be enabled. */
async function standing(world: EndpointsWorld, organisation: EndpointPlace['organisation'], what: string) {
  const { id } = await world.add(organisation)
  must(await world.endpoints.rotateSecret(operator, instanceAuthority, { organisation, id }, {}))
  if (what === 'enables one') must(await world.endpoints.disable(operator, instanceAuthority, { organisation, id }))
  return { organisation, id }
}

const everything = async (world: EndpointsWorld) => {
  const superuser = await world.database.superuser()
  const read = async (table: string) => (await superuser.query(`SELECT * FROM ${table} ORDER BY id`)).rows
  return [await read('webhook_endpoints'), await read('webhook_secrets'), await world.recorded()]
}

const refusals = [
  { ok: false, error: 'not-found' },
  { ok: false, error: { reason: 'not-found' } },
  { ok: false, error: { reason: 'not-allowed' } },
]

describe('who looks after webhooks', () => {
  it.each(Object.entries(acts))('[TOS-5] an administrator of the organisation %s', async (what, act) => {
    const world = await endpointsWorld()
    const { org } = await world.company()
    const who = await world.join(org, ['admin'])
    const at = await standing(world, org, what)
    expect(await act({ world, who, at }, world.authorityThen(org, who))).toMatchObject({ ok: true })
  })

  it.each(Object.entries(acts))(
    'nobody %s without the permission, in another organisation, or of the instance, and nobody learns whether it is there',
    async (what, act) => {
      const world = await endpointsWorld()
      const { org } = await world.company()
      const { org: other } = await world.company('other')
      const [member, foreign] = [await world.join(org, ['member']), await world.join(other, ['owner'])]
      const ours = await standing(world, org, what)
      const ofInstance = await standing(world, null, what)
      const before = await everything(world)

      const tried = [
        await act({ world, who: member, at: ours }, world.authorityThen(org, member)),
        // Asked in the organisation that is acted on, where they are nobody.
        await act({ world, who: foreign, at: ours }, world.authorityThen(org, foreign)),
        await act({ world, who: member, at: ofInstance }, world.authorityThen(org, member)),
        await act({ world, who: foreign, at: ofInstance }, await world.authorityOf(other, foreign)),
      ]
      for (const refused of tried) expect(refusals).toContainEqual(refused)
      if (what !== 'adds one') {
        // Named in their own organisation, in the instance, and where there is none: the same answer.
        const authority = await world.authorityOf(other, foreign)
        const asking = (at: EndpointPlace) => act({ world, who: foreign, at }, authority)
        const answers = [
          await asking({ organisation: other, id: ours.id }),
          await asking({ organisation: other, id: ofInstance.id }),
          await asking({ organisation: other, id: endpointId.generate() }),
        ]
        for (const refused of answers) expect(refusals).toContainEqual(refused)
        expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1)
      }
      expect(await everything(world)).toEqual(before)
    },
  )

  it('nobody sees those of others: neither by name nor in a list', async () => {
    const world = await endpointsWorld()
    const { org } = await world.company()
    const { org: other } = await world.company('other')
    const [admin, member] = [await world.join(org, ['admin']), await world.join(org, ['member'])]
    const [ours, theirs, ofInstance] = [await world.add(org), await world.add(other), await world.add(null)]
    const [may, mayNot] = [await world.authorityOf(org, admin), await world.authorityOf(org, member)]
    const { find, list } = world.endpoints

    expect((await list(may, { organisation: org, limit: 10 })).map(({ id }) => id)).toEqual([ours.id])
    expect(await list(may, { organisation: null, limit: 10 })).toEqual([])
    expect(await list(mayNot, { organisation: org, limit: 10 })).toEqual([])
    expect(await find(may, ours)).toMatchObject({ id: ours.id })
    expect(await find(mayNot, ours)).toBeUndefined()
    expect(await find(may, ofInstance)).toBeUndefined()
    for (const { id } of [theirs, ofInstance]) expect(await find(may, { organisation: org, id })).toBeUndefined()
    // Those of organisations are no more the instance's than the other way round.
    expect((await list(instanceAuthority, { organisation: null, limit: 10 })).map(({ id }) => id)).toEqual([
      ofInstance.id,
    ])
    expect(await find(instanceAuthority, { organisation: null, id: ours.id })).toBeUndefined()
    // A change would stand in the wrong log.
    expect(await world.endpoints.disable(operator, instanceAuthority, { organisation: null, id: ours.id })).toEqual({
      ok: false,
      error: 'not-found',
    })
  })

  it('row security stands behind that: the scope of one organisation sees no other one’s, and not the instance’s', async () => {
    const world = await endpointsWorld()
    const { org } = await world.company()
    const { org: other } = await world.company('other')
    const ours = await world.add(org)
    await world.add(other)
    await world.add(null)
    const seen = await inOrganisation(world.services.database.app, org, async (tx) => ({
      endpoints: await tx.selectFrom('webhook_endpoints').select('id').execute(),
      secrets: await tx.selectFrom('webhook_secrets').select('endpoint_id').execute(),
    }))
    const uuid = endpointId.toUuid(ours.id)
    expect(seen).toEqual({ endpoints: [{ id: uuid }], secrets: [{ endpoint_id: uuid }] })
  })

  it.each(Object.entries(acts))(
    'somebody %s: it is asked when it is their turn, and not before they lost their roles',
    async (what, act) => {
      const world = await endpointsWorld()
      const { org } = await world.company()
      const who = await world.join(org, ['admin'])
      const at = await standing(world, org, what)
      const before = await everything(world)
      const done = await whileRemoved(world, { org, who }, (asked) => act({ world, who, at }, asked))
      expect(refusals).toContainEqual(done)
      expect(await everything(world)).toEqual(before)
    },
  )

  it.each(Object.entries(acts))(
    'somebody %s by what they may do somewhere else, should anybody ever ask that: nothing comes of it',
    async (what, act) => {
      const world = await endpointsWorld()
      const { org } = await world.company()
      const { org: other } = await world.company('other')
      const who = await world.join(other, ['owner'])
      const at = await standing(world, org, what)
      const before = await everything(world)
      // The question enters the scope of the other organisation: row security is what is left.
      const done = await act({ world, who, at }, world.authorityThen(other, who)).catch(() => ({ ok: false }))
      expect(done.ok).toBe(false)
      expect(await everything(world)).toEqual(before)
    },
  )

  it('who may not read the log of events does not have it sent to themselves with what it says of people', async () => {
    const world = await endpointsWorld()
    const { org } = await world.company()
    const authority: Authority = { ...instanceAuthority, allows: (name) => name === 'webhooks.manage' }
    const { endpoints } = world
    const personal = { ...given(org), personal: true }
    const refused = { ok: false, error: { reason: 'personal-not-allowed' } }

    expect(await endpoints.add(operator, authority, personal)).toEqual(refused)
    const plain = await world.add(org)
    expect(await endpoints.update(operator, authority, plain, { personal: true })).toEqual(refused)
    // Nor by turning one that somebody else added towards themselves.
    const full = await world.add(org, { personal: true })
    expect(await endpoints.update(operator, authority, full, { url: 'https://mine.example/' })).toEqual(refused)
    expect(await endpoints.update(operator, authority, full, { personal: false })).toMatchObject({ ok: true })
  })

  it('an organisation that is deleted has none any more', async () => {
    const world = await endpointsWorld()
    const { org } = await world.company()
    const at = await world.add(org)
    must(await world.organisations.remove(operator, org))
    expect(await world.endpoints.add(operator, instanceAuthority, given(org))).toEqual({
      ok: false,
      error: { reason: 'not-allowed' },
    })
    expect(await world.endpoints.disable(operator, instanceAuthority, at)).toEqual({ ok: false, error: 'not-found' })
  })
})
