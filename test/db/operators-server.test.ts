import { sql } from 'kysely'
import { beforeAll, describe, expect, it } from 'vitest'
import type { DatabaseTarget } from '../../src/db/connection.ts'
import { openDatabase, withOwnerClient } from '../../src/db/database.ts'
import { migrate } from '../../src/db/migrations/migrate.ts'
import { assertServingRole } from '../../src/db/serving-role.ts'
import { systemClock } from '../../src/lib/clock.ts'
import { Secret } from '../../src/lib/secret.ts'
import { captureLog } from '../support/log.ts'
import { type OperatorsPostgres, startOperatorsPostgres } from '../support/operators-postgres.ts'

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

const url = (login: string, name: string, query = `sslrootcert=${server.authority}`) =>
  new Secret(`postgres://${login}:pw@127.0.0.1:${server.port}/${name}?${query}`)

const target = (login: string, name: string, migrationLogin?: string): DatabaseTarget => ({
  kind: 'server',
  url: url(login, name),
  migrationUrl: migrationLogin === undefined ? undefined : url(migrationLogin, name),
})

const prepare = (to: DatabaseTarget) => withOwnerClient(to, (client) => migrate(client, { clock: systemClock, log }))

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
    ['an authority that nobody named', ''],
    ['a mode that does not verify', 'sslmode=no-verify'],
    ['a mode that falls back to plain text', 'sslmode=prefer'],
    ['plain text, which this server refuses', 'sslmode=disable'],
    ['a certificate of somebody else', `sslmode=verify-full&sslrootcert=test/support/tls/second.cert.pem`],
    ['an authority file that is not there', 'sslmode=verify-full&sslrootcert=/nowhere.pem'],
  ])('is not believed with %s', async (_what, query) => {
    const name = 'postgres'
    const to: DatabaseTarget = {
      kind: 'server',
      url: url('root', name, query || 'sslmode=require'),
      migrationUrl: undefined,
    }
    const failure: unknown = await prepare(to).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: expect.stringMatching(/^(database-unreachable|config-invalid)$/) })
    expect(String(failure)).not.toContain('pw@')
  })

  it('that refuses the password is reported without it', async () => {
    const to: DatabaseTarget = {
      kind: 'server',
      url: new Secret(
        `postgres://root:hunter2@127.0.0.1:${server.port}/postgres?sslrootcert=${server.authority}&sslmode=verify-full`,
      ),
      migrationUrl: undefined,
    }
    await expect(prepare(to)).rejects.toMatchObject({
      code: 'database-unreachable',
      detail: expect.not.stringContaining('hunter2'),
    })
  })
})
