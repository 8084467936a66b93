import { sql } from 'kysely'
import { Client } from 'pg'
import { describe, expect, it, onTestFinished, vi } from 'vitest'
import { testDatabase } from '../support/database.ts'

const notify = (db: Parameters<ReturnType<typeof sql>['execute']>[0], payload: string) =>
  sql`SELECT pg_notify('news', ${payload})`.execute(db)

describe('the listener', () => {
  it('hears what another connection commits', async () => {
    const { app, listen } = await testDatabase()
    const listener = await listen()
    onTestFinished(() => listener.close())
    const heard: string[] = []
    await listener.subscribe('news', { onMessage: (payload) => heard.push(payload), onGap: () => heard.push('gap') })
    await notify(app, 'one')
    await expect.poll(() => heard).toEqual(['one'])
  })

  it('says that it is deaf, reconnects by itself, and reports the gap before anything new', async () => {
    const { app, listen, superuser } = await testDatabase()
    const listener = await listen()
    onTestFinished(() => listener.close())
    const heard: string[] = []
    await listener.subscribe('news', { onMessage: (payload) => heard.push(payload), onGap: () => heard.push('gap') })
    const admin = await superuser()
    await admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'`,
    )
    // More often than it tries to come back.
    await expect.poll(() => listener.connected, { interval: 5 }).toBe(false)
    await notify(app, 'lost')
    await expect.poll(() => listener.connected).toBe(true)
    await notify(app, 'found')
    await expect.poll(() => heard.at(-1)).toBe('found')
    // Whether it was back in time for what was said while it was deaf is for the network to say.
    expect(heard.filter((payload) => payload !== 'lost')).toEqual(['gap', 'found'])
    expect(heard[0]).toBe('gap')
  })

  it('reports the gap before what comes along with the answer that it listens again', async () => {
    const { listen, superuser } = await testDatabase()
    const listener = await listen()
    onTestFinished(() => listener.close())
    const heard: string[] = []
    await listener.subscribe('news', { onMessage: (payload) => heard.push(payload), onGap: () => heard.push('gap') })
    const query = Client.prototype.query
    vi.spyOn(Client.prototype, 'query').mockImplementation(async function (this: Client, ...args: unknown[]) {
      const answer = await Reflect.apply(query, this, args)
      if (args[0] === 'LISTEN "news"') this.emit('notification', { channel: 'news', payload: 'along with it' })
      return answer
    } as typeof query)
    const admin = await superuser()
    await admin.query(
      `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query LIKE 'LISTEN%'`,
    )
    await expect.poll(() => heard).toContain('gap')
    expect(heard[0]).toBe('gap')
  })
})
