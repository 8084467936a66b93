import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { testDatabase } from '../support/database.ts'

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
})
