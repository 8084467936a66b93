import { sql } from 'kysely'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { openDatabase } from '../../src/db/database.ts'
import { begin } from '../../src/db/pooled-db.ts'
import { NO_CONNECTION } from '../../src/errors/named.ts'
import { errorCode } from '../../src/lib/error-code.ts'
import { testDatabase } from '../support/database.ts'
import { captureLog } from '../support/log.ts'

describe('a pooled connection', () => {
  it('is ended by the database when a transaction is forgotten in it', async () => {
    const { app, owner } = await testDatabase()
    for (const db of [app, owner]) {
      const { rows } = await sql`SHOW idle_in_transaction_session_timeout`.execute(db)
      expect(rows).toEqual([{ idle_in_transaction_session_timeout: '30s' }])
    }
  })

  it('finds our tables before temporary ones of the same name', async () => {
    const { app } = await testDatabase()
    expect((await sql`SHOW search_path`.execute(app)).rows).toEqual([{ search_path: 'public,pg_temp' }])
  })

  it('is waited for longer by background work than by a request, which is told to come again', async () => {
    const { target } = await testDatabase()
    const { app, owner, close } = openDatabase({ target, poolSize: 1, log: captureLog().log })
    onTestFinished(close)
    const held = await Promise.all([begin(app), ...Array.from({ length: 3 }, () => begin(owner))])
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    onTestFinished(() => void vi.useRealTimers())
    const request = sql`SELECT 1`.execute(app).catch(errorCode)
    const job = sql`SELECT 1`.execute(owner).then(() => 'served')
    vi.advanceTimersByTime(14_000)
    vi.useRealTimers()
    expect(await request).toBe(NO_CONNECTION)
    for (const one of held) await one.rollback()
    expect(await job).toBe('served')
  })
})
