import { describe, expect, it } from 'vitest'
import { inInstance } from '../../../src/db/transaction.ts'
import type { Id } from '../../../src/lib/ids.ts'
import { orgId } from '../../../src/orgs/org.ts'
import { endpointId } from '../../../src/webhooks/endpoints/endpoint.ts'
import { matching } from '../../../src/webhooks/endpoints/matching.ts'
import { endpointsWorld, given, instanceAuthority, must, operator } from './support.ts'

describe('a webhook', () => {
  it('[TOS-5] stands in the log with every change, before and after, and never with its secret', async () => {
    const world = await endpointsWorld()
    const { org } = await world.company()
    const at = await world.add(org)
    const { endpoints } = world
    must(await endpoints.update(operator, instanceAuthority, at, { url: 'https://new.example/in', events: ['*'] }))
    must(await endpoints.rotateSecret(operator, instanceAuthority, at, { overlap: 1000 }))
    must(await endpoints.removeFormerSecret(operator, instanceAuthority, at))
    must(await endpoints.disable(operator, instanceAuthority, at))
    must(await endpoints.enable(operator, instanceAuthority, at))
    must(await endpoints.remove(operator, instanceAuthority, at))

    const until = new Date(world.clock.now().getTime() + 1000).toISOString()
    const before = {
      name: 'bookkeeping',
      url: 'https://hooks.example.com/in',
      events: ['membership.*'],
      personal: false,
    }
    const now = { ...before, url: 'https://new.example/in', events: ['*'], disabledBecause: null }
    const recorded = await world.recorded()
    expect(recorded.map((one) => [one.action, one.before, one.after])).toEqual([
      ['webhook.created', null, { ...before, disabledBecause: null }],
      ['webhook.updated', { url: before.url, events: before.events }, { url: now.url, events: now.events }],
      ['webhook.secret_rotated', null, { madeHere: true, formerEndsAt: until }],
      ['webhook.secret_removed', { formerEndsAt: until }, null],
      ['webhook.disabled', { disabledBecause: null }, { disabledBecause: 'by-hand' }],
      ['webhook.enabled', { disabledBecause: 'by-hand' }, { disabledBecause: null }],
      ['webhook.removed', now, null],
    ])
    for (const one of recorded)
      expect(one).toMatchObject({ org_id: orgId.toUuid(org), target_id: at.id, actor_kind: 'operator' })
  })

  it('one of the instance stands in the log of the instance', async () => {
    const world = await endpointsWorld()
    const { org } = await world.company()
    // Even where whoever asks comes from an organisation.
    must(await world.endpoints.add({ ...operator, organisation: org }, instanceAuthority, given(null)))
    expect(await world.recorded()).toMatchObject([{ action: 'webhook.created', org_id: null }])
  })

  it('that stays as it is leaves no event, and what is refused changes nothing', async () => {
    const world = await endpointsWorld()
    const at = await world.add(null)
    const { endpoints } = world
    must(await endpoints.update(operator, instanceAuthority, at, { name: 'bookkeeping', events: ['membership.*'] }))
    for (const [wish, error] of [
      [{ name: ' x' }, { reason: 'name-invalid' }],
      [{ name: 'two\nlines' }, { reason: 'name-invalid' }],
      [{ name: 'x'.repeat(101) }, { reason: 'name-invalid' }],
      [{ url: 'https://10.0.0.1/' }, { reason: 'url-refused', why: 'address-refused' }],
      [{ events: [] }, { reason: 'no-events' }],
    ] as const)
      expect(await endpoints.update(operator, instanceAuthority, at, wish)).toEqual({ ok: false, error })
    expect(await endpoints.enable(operator, instanceAuthority, at)).toEqual({ ok: false, error: 'already' })
    expect(await world.recorded()).toHaveLength(1)
    expect(await endpoints.find(instanceAuthority, at)).toMatchObject({ name: 'bookkeeping' })
  })

  it('enabled again has all its time again, and what waited is sent', async () => {
    const world = await endpointsWorld()
    const at = await world.add(null)
    const superuser = await world.database.superuser()
    const uuid = endpointId.toUuid(at.id)
    await superuser.query(
      'INSERT INTO webhook_health (endpoint_id, failing_since, last_failure_at) VALUES ($1, now(), now())',
      [uuid],
    )
    must(await world.endpoints.disable(operator, instanceAuthority, at))
    expect(await world.endpoints.disable(operator, instanceAuthority, at)).toEqual({ ok: false, error: 'already' })
    must(await world.endpoints.enable(operator, instanceAuthority, at))
    const health = await superuser.query('SELECT failing_since, last_failure_at IS NULL AS clean FROM webhook_health')
    expect(health.rows).toEqual([{ failing_since: null, clean: false }])
    const jobs = await superuser.query(`SELECT data FROM pgboss.job WHERE name = 'webhooks.resume'`)
    expect(jobs.rows).toEqual([{ data: { endpoint: at.id, most: null, rested: false } }])
  })

  it.each(['of an organisation', 'of the instance'])(
    '%s that is removed is told nothing more: what waits is discarded',
    async (whose) => {
      const world = await endpointsWorld()
      const { org } = await world.company()
      const at = await world.add(whose === 'of the instance' ? null : org)
      const superuser = await world.database.superuser()
      const deliver = (state: string) =>
        superuser.query(
          `INSERT INTO webhook_deliveries (id, endpoint_id, org_id, event_id, seq, action, state, created_at, ended_at, give_up_at)
         VALUES (uuidv7(), $1, $2, uuidv7(), 1, 'user.created', $3, now(), CASE WHEN $3 = 'queued' THEN NULL ELSE now() END, now())`,
          [endpointId.toUuid(at.id), at.organisation && orgId.toUuid(at.organisation), state],
        )
      for (const state of ['queued', 'delivered', 'queued']) await deliver(state)
      must(await world.endpoints.remove(operator, instanceAuthority, at))
      const { rows } = await superuser.query(
        'SELECT state, ended_at IS NOT NULL AS ended FROM webhook_deliveries ORDER BY state',
      )
      expect(rows).toEqual([
        { state: 'delivered', ended: true },
        { state: 'discarded', ended: true },
        { state: 'discarded', ended: true },
      ])
      expect(await world.endpoints.find(instanceAuthority, at)).toBeUndefined()
      expect(await world.endpoints.remove(operator, instanceAuthority, at)).toEqual({ ok: false, error: 'not-found' })
    },
  )

  it('[TOS-5] of the instance is told of everything, and one of an organisation of what is in its log alone', async () => {
    const world = await endpointsWorld()
    const { org } = await world.company()
    const { org: other } = await world.company('other')
    const all = await world.add(null, { events: ['*'] })
    const ours = await world.add(org, { events: ['*'] })
    const picky = await world.add(org, { events: ['role.*'] })
    const theirs = await world.add(other, { events: ['*'] })
    for (const gone of [await world.add(org, { events: ['*'] }), await world.add(null, { events: ['*'] })])
      must(await world.endpoints.disable(operator, instanceAuthority, gone))
    must(await world.endpoints.remove(operator, instanceAuthority, await world.add(org, { events: ['*'] })))

    const entry = (organisation: Id<'org'> | null, action: string) => ({
      organisation,
      action,
      at: world.clock.now(),
    })
    const entries = [
      entry(org, 'user.created'),
      entry(null, 'key.created'),
      entry(org, 'role.created'),
      entry(other, 'role.created'),
    ]
    const told = await inInstance(world.services.database.owner, (tx) => matching(tx, entries))
    const toldOf = (of: (typeof entries)[number]) =>
      told.filter(({ entry: one }) => one === of).map(({ endpoint }) => endpoint.id)
    expect(entries.map(toldOf)).toEqual([[all.id, ours.id], [all.id], [all.id, ours.id, picky.id], [all.id, theirs.id]])
  })
})
