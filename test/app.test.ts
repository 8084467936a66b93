import { describe, expect, it } from 'vitest'
import { createTestApp } from './support/app.ts'

describe('the assembled app', () => {
  it('is alive and ready', async () => {
    const { request } = await createTestApp()
    expect((await request('/healthz')).status).toBe(200)
    expect(await (await request('/readyz')).json()).toEqual({ status: 'ready', checks: { database: 'ok' } })
  })

  it('publishes the active key and the next one, and after a rotation the retired one too', async () => {
    const { request, services, clock, config } = await createTestApp()
    const kids = async () =>
      ((await (await request('/oauth/jwks')).json()) as { keys: { kid: string }[] }).keys.map(({ kid }) => kid)
    const before = await kids()
    expect(before).toHaveLength(2)
    clock.advance(config.keys.publishBefore)
    const rotated = await services.signing.keys.rotate()
    expect(rotated).toEqual({ ok: true, value: { active: before[1], retired: before[0] } })
    await expect.poll(kids).toEqual([before[1], expect.any(String), before[0]])
  })

  it('says that it is not ready when the database is gone, and why only in the log', async () => {
    const { request, database, log, clock } = await createTestApp()
    expect((await request('/readyz')).status).toBe(200)
    const admin = await database.superuser()
    await admin.query(`REVOKE CONNECT ON DATABASE ${database.name} FROM PUBLIC, hearthkey_app`)
    await admin.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    )
    clock.advance(60_000)
    const answer = await request('/readyz')
    expect(answer.status).toBe(503)
    expect(await answer.json()).toEqual({ status: 'not-ready', checks: { database: 'failing' } })
    expect(log.text()).toMatch(/not ready/)
  })
})
