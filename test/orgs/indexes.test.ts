import { sql } from 'kysely'
import { expect, it } from 'vitest'
import { instanceAuthority } from '../../src/access/authority.ts'
import { statementsDuring } from '../support/statements.ts'
import { by, must, orgsWorld } from './support.ts'

it('of many invitations and choices only those of the organisation that still count are read', async () => {
  const world = await orgsWorld()
  const { org, owner } = await world.company()
  must(await world.invitations.invite(by, instanceAuthority, org, { email: 'a@example.com', roles: [] }))
  const admin = await world.database.superuser()
  await admin.query('SET session_replication_role = replica')
  await admin.query(`INSERT INTO invitations (id, org_id, email, email_index, token_hash, role_ids, status, invited_by,
      letters, created_at, sent_at, expires_at, ended_at)
    SELECT gen_random_uuid(), i.org_id, i.email, i.email_index, sha256(n::text::bytea), '{}', 'withdrawn', i.invited_by,
      1, now(), now(), now(), now()
    FROM invitations i, generate_series(1, 20000) n`)
  await admin.query(`INSERT INTO organisation_choices (user_id, client_id, org_id, chosen_at)
    SELECT gen_random_uuid(), 'invoices', gen_random_uuid(), now() FROM generate_series(1, 20000)`)
  await admin.query('ANALYZE invitations, organisation_choices')
  const { app } = world.services.database
  const texts = await statementsDuring(async () => {
    await world.invitations.list({ org, limit: 50 })
    const second = await world.join(org, ['owner'])
    must(await world.memberships.leave(world.as(second), org, second))
    must(await world.organisations.remove(by, org))
  })
  expect(await world.seats.choicesOf(app, owner)).toEqual([])
  const plans = []
  for (const text of new Set(texts.filter((one) => /\b(invitations|organisation_choices)\b/.test(one)))) {
    const { rows } = await sql.raw<{ 'QUERY PLAN': string }>(`EXPLAIN (GENERIC_PLAN) ${text}`).execute(app)
    plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'))
  }
  expect(plans).toHaveLength(3)
  for (const plan of plans) expect(plan).not.toContain('Seq Scan on')
  for (const index of ['invitations_of_org', 'organisation_choices_of_org']) expect(plans.join('\n')).toContain(index)
})
