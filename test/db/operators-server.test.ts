import { sql } from 'kysely'
import { beforeAll, describe, expect, it } from 'vitest'
import type { DatabaseTarget, ServerAddress } from '../../src/db/connection.ts'
import { openDatabase, prepareRoles, withOwnerClient } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrations/migrate.ts'
import { assertServingRole } from '../../src/db/serving-role.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { testConfig } from '../support/config.ts'
import { captureLog } from '../support/log.ts'
import { type OperatorsPostgres, startOperatorsPostgres } from '../support/operators-postgres.ts'
import { wireTo } from '../support/wire.ts'

const { log } = captureLog()
let server: OperatorsPostgres
let made = 0

/** A database of its own, with what the operator granted. */
async function database(...statements: string[]): Promise<string> {
  const name = `db${++made}`
  await server.sql(`CREATE DATABASE ${name}`)
  for (const statement of statements) await server.sql(statement, name)
  return name
}

/** As the configuration reads it. */
function address(
  login: string,
  name: string,
  { password = 'pw', query = `sslrootcert=${server.authority}` } = {},
): ServerAddress {
  const DATABASE_URL = `postgres://${login}:${password}@127.0.0.1:${server.port}/${name}?${query}`
  const { url } = testConfig({ DATABASE_URL }).database
  if (!url) throw new Error('the configuration read no URL')
  return url
}

const target = (login: string, name: string, owningLogin?: string): DatabaseTarget => ({
  kind: 'server',
  serving: address(login, name),
  owning: owningLogin === undefined ? undefined : address(owningLogin, name),
})

async function prepare(to: DatabaseTarget) {
  await prepareRoles(to)
  return withOwnerClient(to, (client) => migrate(client, { clock: systemClock, log }))
}

async function served<T>(
  to: DatabaseTarget,
  work: (app: ReturnType<typeof openDatabase>['app']) => Promise<T>,
): Promise<T> {
  const opened = openDatabase({ target: to, poolSize: 2, log })
  try {
    return await work(opened.app)
  } finally {
    await opened.close()
  }
}

const currentUser = async (app: Parameters<typeof assertServingRole>[0]) =>
  (await sql<{ role: string }>`SELECT current_user AS role`.execute(app)).rows[0]?.role

describe('a PostgreSQL server of the operator', () => {
  beforeAll(async () => {
    server = await startOperatorsPostgres()
    return () => server.stop()
  })

  it('that nobody has prepared is left as it is by whoever only looks', async () => {
    const name = await database('CREATE ROLE looker LOGIN CREATEROLE PASSWORD $$pw$$')
    const looking = withOwnerClient(target('looker', name), async (client) => client.query('SELECT 1'))
    await expect(looking).rejects.toMatchObject({ code: 'never-started' })
    expect(await server.rows(`SELECT rolname FROM pg_roles WHERE rolname LIKE 'hearthkey%'`)).toEqual([])
  })

  it('that gives one login that may create roles serves as another role than it migrates', async () => {
    const name = await database(
      'CREATE ROLE one LOGIN CREATEROLE PASSWORD $$pw$$',
      `ALTER DATABASE db${made + 1} OWNER TO one`,
    )
    const to = target('one', name)
    await prepare(to)
    await served(to, async (app) => {
      expect(await currentUser(app)).toBe('hearthkey_app')
      expect(await assertServingRole(app)).toEqual({ loginIsSuperuser: false })
      await expect(sql`DROP TABLE signing_keys`.execute(app)).rejects.toThrow(/must be owner/)
    })
    await prepare(to)
  })

  it('that gives two logins keeps the powers of the one from the other', async () => {
    const name = await database(
      'CREATE ROLE migrator LOGIN PASSWORD $$pw$$ IN ROLE hearthkey_owner',
      'CREATE ROLE server LOGIN PASSWORD $$pw$$ IN ROLE hearthkey_app',
      'GRANT USAGE, CREATE ON SCHEMA public TO hearthkey_owner',
      `GRANT CREATE ON DATABASE db${made + 1} TO hearthkey_owner`,
    )
    const to = target('server', name, 'migrator')
    await prepare(to)
    await served(to, async (app) => {
      expect(await currentUser(app)).toBe('hearthkey_app')
      await expect(sql`SET ROLE hearthkey_owner`.execute(app)).rejects.toThrow(/permission denied/)
    })
  })

  it('whose login may not create what is missing says which statements an administrator runs', async () => {
    const name = await database('CREATE ROLE plain LOGIN PASSWORD $$pw$$')
    await expect(prepare(target('plain', name))).rejects.toMatchObject({
      code: 'database-roles-missing',
      detail: expect.stringMatching(/GRANT hearthkey_owner TO "?plain"?;[\s\S]*GRANT USAGE, CREATE ON SCHEMA public/),
    })
  })

  it('whose serving login is a superuser serves without its powers, and the doctor hears of it', async () => {
    const name = await database('CREATE ROLE root LOGIN SUPERUSER PASSWORD $$pw$$')
    const to = target('root', name)
    await prepare(to)
    await served(to, async (app) => {
      expect(await assertServingRole(app)).toEqual({ loginIsSuperuser: true })
      await expect(sql`SELECT pg_read_file('/etc/passwd')`.execute(app)).rejects.toThrow(/permission denied/)
    })
  })

  it('whose serving role could pass row security is refused', async () => {
    const name = await database()
    const to = target('root', name)
    await prepare(to)
    for (const [give, take] of [
      ['ALTER ROLE hearthkey_app BYPASSRLS', 'ALTER ROLE hearthkey_app NOBYPASSRLS'],
      ['ALTER ROLE hearthkey_app SUPERUSER', 'ALTER ROLE hearthkey_app NOSUPERUSER'],
      ['GRANT hearthkey_owner TO hearthkey_app', 'REVOKE hearthkey_owner FROM hearthkey_app'],
    ] as const) {
      await server.sql(give)
      await expect(served(to, assertServingRole)).rejects.toMatchObject({ code: 'database-role-unsafe' })
      await server.sql(take)
    }
    await expect(served(to, assertServingRole)).resolves.toBeDefined()
  })

  it.each([
    ['an authority that nobody named', 'sslmode=require'],
    ['plain text, which this server refuses', 'sslmode=disable'],
    ['a certificate of somebody else', 'sslmode=verify-full&sslrootcert=test/support/tls/second.cert.pem'],
  ])('is not believed with %s', async (_what, query) => {
    const to: DatabaseTarget = { kind: 'server', serving: address('root', 'postgres', { query }), owning: undefined }
    const failure: unknown = await prepare(to).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'database-unreachable' })
    expect(String(failure)).not.toContain('pw')
  })

  it('that refuses the password is reported without it', async () => {
    const to: DatabaseTarget = {
      kind: 'server',
      serving: address('root', 'postgres', { password: 'hunter2' }),
      owning: undefined,
    }
    await expect(prepare(to)).rejects.toMatchObject({
      code: 'database-unreachable',
      detail: expect.not.stringContaining('hunter2'),
    })
  })

  it('where strangers may create in public is closed to them, and none of their functions runs as the migrating login', async () => {
    const name = await database(
      'CREATE ROLE stranger LOGIN PASSWORD $$pw$$',
      'GRANT CREATE ON SCHEMA public TO PUBLIC',
      `SET ROLE stranger;
       CREATE FUNCTION public.pg_has_role(text, oid, text) RETURNS boolean LANGUAGE plpgsql
         AS $f$ BEGIN EXECUTE 'ALTER ROLE stranger CREATEROLE'; RETURN true; END $f$`,
    )
    await prepare(target('root', name))
    const [found] = await server.rows<{ creates_roles: boolean; creates_tables: boolean }>(
      `SELECT rolcreaterole AS creates_roles, has_schema_privilege('stranger', 'public', 'CREATE') AS creates_tables
       FROM pg_roles WHERE rolname = 'stranger'`,
      name,
    )
    expect(found).toEqual({ creates_roles: false, creates_tables: false })
  })

  it('whose connection is cut in the middle of a query fails that query and nothing else', async () => {
    const name = await database()
    const wire = await wireTo(server.port)
    const throughWire = { ...target('root', name), serving: { ...address('root', name), port: wire.port } }
    await prepare(target('root', name))
    await served(throughWire, async (app) => {
      const asleep = sql`SELECT pg_sleep(10)`.execute(app)
      const outcome = asleep.catch((error: unknown) => error)
      await expect
        .poll(() => server.rows(`SELECT FROM pg_stat_activity WHERE query LIKE 'SELECT pg_sleep%'`))
        .toHaveLength(1)
      wire.cut()
      expect(await outcome).toBeInstanceOf(Error)
      expect(await currentUser(app)).toBe('hearthkey_app')
    })
  })

  it('that is lost while a command waits for it is reported, not crashed on', async () => {
    const name = await database()
    const wire = await wireTo(server.port)
    const owning = { ...address('root', name), port: wire.port }
    await prepare(target('root', name))
    const waiting = withOwnerClient({ kind: 'server', serving: address('root', name), owning }, async (client) => {
      const asleep = client.query('SELECT pg_sleep(10)')
      wire.cut()
      await asleep
    })
    await expect(waiting).rejects.toMatchObject({ code: 'database-unreachable' })
  })
})
