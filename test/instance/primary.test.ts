import { describe, expect, inject, it, onTestFinished } from 'vitest'
import { runPrimary } from '../../src/instance/primary.ts'
import { frozenClock } from '../support/clock.ts'
import { testConfig } from '../support/config.ts'
import { type TestDatabase, testDatabase } from '../support/database.ts'
import { captureLog } from '../support/log.ts'
import { STARTED_TEMPLATE } from '../support/template.ts'

/** The class and number of the advisory lock under which the signing keys are changed. */
const SIGNING_KEYS_LOCK = '1751868793, 3'

async function primary(over?: TestDatabase) {
  const database = over ?? (await testDatabase({ template: STARTED_TEMPLATE }))
  const superuser = await database.superuser()
  const config = testConfig({ PORT: '0', KEYS_DIR: inject('postgres').keysDir })
  // Far enough ahead that the signing keys are due for their rotation.
  const clock = frozenClock('2040-01-01T00:00:00Z')
  const captured = captureLog()
  const asked = Promise.withResolvers<void>()
  let ended: 'stopped' | 'failed' | undefined
  const start = () => {
    const run = runPrimary({ config, clock, log: captured.log, target: database.target }, asked.promise)
    void run.then(
      () => (ended = 'stopped'),
      () => (ended = 'failed'),
    )
    onTestFinished(async () => {
      asked.resolve()
      await run.catch(() => {})
    })
    return run
  }
  return {
    start,
    superuser,
    stop: asked.resolve,
    database,
    invitation: () =>
      captured
        .lines()
        .map(({ msg }) => String(msg))
        .find((msg) => msg.startsWith('There is no administrator yet')),
    ended: () => ended,
    port: () => captured.lines().find(({ msg }) => String(msg).startsWith('Hearthkey is ready'))?.['port'],
    waiting: async () => {
      const { rows } = await superuser.query<{ n: number }>(
        `SELECT count(*)::int AS n FROM pg_locks WHERE NOT granted
          AND pid IN (SELECT pid FROM pg_stat_activity WHERE datname = current_database())`,
      )
      return rows[0]?.n
    },
  }
}

describe('the primary', () => {
  it('says that it is ready when its background work has started, and not before', async () => {
    const { start, stop, superuser, port, waiting } = await primary()
    await superuser.query('BEGIN; LOCK TABLE pgboss.schedule')
    const run = start()
    await expect.poll(waiting).toBeGreaterThan(0)
    expect(port()).toBeUndefined()
    await superuser.query('ROLLBACK')
    await expect.poll(port).toBeTypeOf('number')
    stop()
    await run
  })

  it('lets the job that runs finish when it stops, and its end be recorded', async () => {
    const { start, stop, superuser, port, waiting, ended } = await primary()
    // The signing keys are looked at when background work starts, and here they have to wait.
    await superuser.query(`SELECT pg_advisory_lock(${SIGNING_KEYS_LOCK})`)
    const run = start()
    await expect.poll(port).toBeTypeOf('number')
    await expect.poll(waiting).toBe(1)
    stop()
    const closed = () =>
      fetch(`http://127.0.0.1:${port()}/healthz`).then(
        () => false,
        () => true,
      )
    await expect.poll(closed).toBe(true)
    expect(ended()).toBeUndefined()
    await superuser.query(`SELECT pg_advisory_unlock(${SIGNING_KEYS_LOCK})`)
    await run
    const { rows } = await superuser.query("SELECT state FROM pgboss.job WHERE name = 'signing_keys.maintain'")
    expect(rows).toEqual([{ state: 'completed' }])
  })

  it('leaves a set-up link alone that another instance has shown, and says what to do when it is lost', async () => {
    const first = await primary()
    void first.start()
    await expect.poll(first.port).toBeTypeOf('number')
    const link = /http\S+\/setup\?token=\S+/.exec(first.invitation() ?? '')?.[0]
    const second = await primary(first.database)
    void second.start()
    await expect.poll(second.port).toBeTypeOf('number')
    expect(second.invitation()).toMatch(
      /at 2040-01-01T00:00:00.000Z .*until 2040-01-02T00:00:00.000Z.*hearthkey setup-link$/,
    )
    for (const { port } of [first, second]) {
      const { search } = new URL(link ?? '')
      expect((await fetch(`http://127.0.0.1:${port()}/setup${search}`)).status).toBe(200)
    }
  })
})
