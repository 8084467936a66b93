import { mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest'
import { trimServerLog } from '../../src/db/embedded/server-log.ts'
import { type EmbeddedServer, findEmbedded, startEmbedded } from '../../src/db/embedded.ts'
import { captureLog } from '../support/log.ts'
import { dataDirectory, query, seedDirectory, spawnServer } from './embedded-support.ts'

let seed: Awaited<ReturnType<typeof seedDirectory>>
beforeAll(async () => {
  seed = await seedDirectory()
})

async function running(dataDir = seed.copy()): Promise<{ dataDir: string; server: EmbeddedServer; log: string }> {
  const server = await startEmbedded({ dataDir, log: captureLog().log })
  onTestFinished(() => server.stop())
  return { dataDir, server, log: join(dataDir, 'postgres.log') }
}

const sqlState = (work: Promise<unknown>) =>
  work.then(
    () => 'granted',
    (error: { code: string }) => error.code,
  )

describe('the embedded server', () => {
  it('creates its database on the first start and finds the same rows on the second', async () => {
    const dataDir = dataDirectory()
    const first = await startEmbedded({ dataDir, log: captureLog().log })
    await query(first.socketDir, 'CREATE TABLE kept AS SELECT 42 AS answer')
    await first.stop()
    const { server } = await running(dataDir)
    expect(server.adopted).toBe(false)
    expect(await query(server.socketDir, 'SELECT answer FROM kept')).toEqual([{ answer: 42 }])
  })

  it('is open to nobody else: mode 0700, no TCP, and checksums on every page', async () => {
    const { dataDir, server } = await running()
    for (const path of [dataDir, server.socketDir]) expect(statSync(path).mode & 0o777).toBe(0o700)
    expect(statSync(join(server.socketDir, '.s.PGSQL.5432')).mode & 0o777).toBe(0o700)
    const shown = await query(
      server.socketDir,
      `SELECT name, setting FROM pg_settings WHERE name IN
        ('listen_addresses', 'data_checksums', 'fsync', 'full_page_writes', 'synchronous_commit', 'server_encoding')
       ORDER BY name`,
    )
    expect(shown).toEqual([
      { name: 'data_checksums', setting: 'on' },
      { name: 'fsync', setting: 'on' },
      { name: 'full_page_writes', setting: 'on' },
      { name: 'listen_addresses', setting: '' },
      { name: 'server_encoding', setting: 'UTF8' },
      { name: 'synchronous_commit', setting: 'on' },
    ])
  })

  it('believes its own settings file alone: every line is accepted, and a changed one is written anew', async () => {
    const { dataDir, server } = await running()
    const errors = await query(server.socketDir, 'SELECT name, error FROM pg_file_settings WHERE error IS NOT NULL', {
      user: 'hearthkey_super',
    })
    expect(errors).toEqual([])
    await server.stop()
    const conf = join(server.socketDir, 'postgresql.conf')
    const written = readFileSync(conf, 'utf8')
    writeFileSync(conf, "listen_addresses = '*'\n")
    await running(dataDir)
    expect(readFileSync(conf, 'utf8')).toBe(written)
  })

  it('has two roles without powers; the serving one owns and creates nothing', async () => {
    const { server } = await running()
    const roles = await query(
      server.socketDir,
      `SELECT rolname, rolcanlogin FROM pg_roles WHERE rolname IN ('hearthkey_owner', 'hearthkey_app')
        AND NOT (rolsuper OR rolbypassrls OR rolcreatedb OR rolcreaterole OR rolreplication) ORDER BY 1`,
    )
    expect(roles).toEqual([
      { rolname: 'hearthkey_app', rolcanlogin: true },
      { rolname: 'hearthkey_owner', rolcanlogin: true },
    ])
    const asApp = { user: 'hearthkey_app' }
    expect(await sqlState(query(server.socketDir, 'SELECT 1', asApp))).toBe('granted')
    expect(await sqlState(query(server.socketDir, 'CREATE TABLE mine (a int)', asApp))).toBe('42501')
    expect(await sqlState(query(server.socketDir, 'CREATE SCHEMA mine', asApp))).toBe('42501')
    expect(await sqlState(query(server.socketDir, 'CREATE TEMPORARY TABLE t (a int)', asApp))).toBe('42501')
    expect(await sqlState(query(server.socketDir, 'SET ROLE hearthkey_owner', asApp))).toBe('42501')
    expect(await sqlState(query(server.socketDir, 'SELECT 1', { ...asApp, database: 'postgres' }))).toBe('42501')
    expect(await sqlState(query(server.socketDir, 'SELECT 1', { user: 'postgres' }))).toBe('28000')
  })

  it('heals what a crash between initdb and the roles leaves behind', async () => {
    const { dataDir, server } = await running()
    const all = { user: 'hearthkey_super', database: 'postgres' }
    await query(server.socketDir, 'DROP DATABASE hearthkey', all)
    await query(server.socketDir, 'DROP ROLE hearthkey_app', all)
    await server.stop()
    const { server: again } = await running(dataDir)
    expect(await query(again.socketDir, 'SELECT 1 AS one', { user: 'hearthkey_app' })).toEqual([{ one: 1 }])
  })

  it('[MON-1] [TOS-8] writes no value, no row and no statement to its log, whatever fails', async () => {
    const { server, log } = await running()
    await query(server.socketDir, "CREATE TABLE secrets AS SELECT 'hunter2-row'::text AS v")
    await query(server.socketDir, 'CREATE UNIQUE INDEX ON secrets (v)')
    for (const failing of [
      "SELECT 'hunter2-cast'::int",
      "INSERT INTO secrets VALUES ('hunter2-row')",
      "SELECT 'hunter2-syntax' FROM FROM",
      `DO $$ BEGIN RAISE WARNING 'hunter2-warning'; END $$; SELECT 1/0`,
    ]) {
      expect(await sqlState(query(server.socketDir, failing))).not.toBe('granted')
    }
    await server.stop()
    expect(readFileSync(log, 'utf8')).toContain('shut down')
    expect(readFileSync(log, 'utf8')).not.toMatch(/hunter2|INSERT|SELECT/)
  })

  it('keeps its log small while PostgreSQL holds it open', async () => {
    const { server, log } = await running()
    writeFileSync(log, 'x'.repeat(5 * 1024 * 1024))
    await trimServerLog(log)
    expect(statSync(`${log}.1`).size).toBe(4 * 1024 * 1024)
    await server.stop()
    expect(statSync(log).size).toBeLessThan(2000)
    expect(readFileSync(log, 'utf8')).toMatch(/^20.* shut down\n$/s)
  })

  it('is found by a command beside it while it runs, and only then', async () => {
    const dataDir = seed.copy()
    expect(await findEmbedded(join(dataDir, 'absent'))).toBeUndefined()
    expect(await findEmbedded(dataDir)).toBeUndefined()
    const { server } = await running(dataDir)
    expect(await findEmbedded(dataDir)).toEqual({ socketDir: server.socketDir })
    await server.stop()
    expect(await findEmbedded(dataDir)).toBeUndefined()
  })

  it('starts in an environment full of PG variables, and stops on SIGTERM', async () => {
    const dataDir = dataDirectory()
    const child = spawnServer(dataDir)
    await child.ready
    expect(await child.stop()).toMatchObject({ code: 0 })
    expect(readFileSync(join(dataDir, 'postgres.log'), 'utf8')).toContain('database system is shut down')
  })

  it('stops at once with a session in the middle of a transaction, and may be told twice', async () => {
    const { server } = await running()
    const hanging = query(server.socketDir, 'BEGIN; SELECT pg_sleep(60)')
    const ended = expect(hanging).rejects.toThrow()
    await Promise.all([server.stop(), server.stop()])
    await ended
  })

  it('closes an open data directory of its own, and never one that holds other things', async () => {
    const dataDir = dataDirectory()
    mkdirSync(dataDir, { mode: 0o755 })
    const somebodyElses = join(dataDir, 'somebody-elses')
    writeFileSync(somebodyElses, '')
    const { log, text } = captureLog()
    for (const _start of ['first', 'second']) {
      await (await startEmbedded({ dataDir, log })).stop()
      expect(statSync(dataDir).mode & 0o777).toBe(0o755)
    }
    expect(text()).toContain('chmod 700')
    rmSync(somebodyElses)
    await (await startEmbedded({ dataDir, log })).stop()
    expect(statSync(dataDir).mode & 0o777).toBe(0o700)
  })
})
