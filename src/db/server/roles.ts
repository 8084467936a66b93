import { type Client, type ClientBase, DatabaseError, escapeIdentifier } from 'pg'
import { AppError } from '../../errors/app-error.ts'

interface Logins {
  readonly owning: string
  readonly serving: string
}

interface Facts {
  readonly database: string
  readonly version: number
  readonly missing: string[]
  readonly unjoined: string[]
  readonly owner_may_create: boolean
  readonly app_may_use: boolean
  readonly anybody_may_create: boolean
}

/** Everything is qualified: this runs as a login that may be powerful, in a database where strangers may have made functions. */
const FACTS = `
  SELECT pg_catalog.current_database() AS database,
    pg_catalog.current_setting('server_version_num')::pg_catalog.int4 AS version,
    ARRAY(SELECT r FROM pg_catalog.unnest(ARRAY['hearthkey_owner', 'hearthkey_app']) r
          WHERE NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = r)) AS missing,
    ARRAY(SELECT g.role FROM ROWS FROM (pg_catalog.unnest($1::pg_catalog.text[]), pg_catalog.unnest($2::pg_catalog.text[])) AS g(login, role)
          WHERE NOT coalesce((SELECT pg_catalog.pg_has_role(g.login::pg_catalog.name, oid, 'SET')
                              FROM pg_catalog.pg_roles WHERE rolname = g.role), false)) AS unjoined,
    coalesce((SELECT pg_catalog.has_schema_privilege(oid, 'public', 'CREATE')
                 AND pg_catalog.has_database_privilege(oid, pg_catalog.current_database(), 'CREATE')
              FROM pg_catalog.pg_roles WHERE rolname = 'hearthkey_owner'), false) AS owner_may_create,
    coalesce((SELECT pg_catalog.has_schema_privilege(oid, 'public', 'USAGE')
              FROM pg_catalog.pg_roles WHERE rolname = 'hearthkey_app'), false) AS app_may_use,
    EXISTS (SELECT FROM pg_catalog.pg_namespace n, pg_catalog.aclexplode(n.nspacl) a
            WHERE n.nspname = 'public' AND a.grantee = 0 AND a.privilege_type = 'CREATE') AS anybody_may_create`

const OLDEST_VERSION = 160_000

/**
 * On a server that the operator runs, the two roles are groups and the operator's logins are members. Idempotent;
 * where the login may not do what is missing, the error holds the statements for somebody who may.
 */
export async function ensureServerRoles(client: Client, logins: Logins): Promise<void> {
  const missing = missingStatements(await askFacts(client, logins), logins)
  if (missing.length === 0) return
  await run(client, missing)
  // A GRANT that has no effect is a warning to PostgreSQL, not an error.
  const still = missingStatements(await askFacts(client, logins), logins)
  if (still.length > 0) throw rolesMissing(still)
}

async function askFacts(client: ClientBase, { owning, serving }: Logins): Promise<Facts> {
  const { rows } = await client.query<Facts>(FACTS, [
    [owning, serving],
    ['hearthkey_owner', 'hearthkey_app'],
  ])
  const [facts] = rows
  if (!facts) throw new Error('the role query answered no row')
  if (facts.version >= OLDEST_VERSION) return facts
  throw new AppError('database-too-old', { detail: `The server is PostgreSQL ${Math.floor(facts.version / 10_000)}.` })
}

function missingStatements(facts: Facts, { owning, serving }: Logins): string[] {
  const join = (role: string, login: string) =>
    facts.unjoined.includes(role) ? [`GRANT ${role} TO ${escapeIdentifier(login)};`] : []
  return [
    ...facts.missing.map((role) => `CREATE ROLE ${role} NOLOGIN;`),
    ...join('hearthkey_owner', owning),
    ...join('hearthkey_app', serving),
    ...(facts.anybody_may_create ? ['REVOKE CREATE ON SCHEMA public FROM PUBLIC;'] : []),
    ...(facts.app_may_use ? [] : ['GRANT USAGE ON SCHEMA public TO hearthkey_app;']),
    ...(facts.owner_may_create
      ? []
      : [
          'GRANT USAGE, CREATE ON SCHEMA public TO hearthkey_owner;',
          `GRANT CREATE ON DATABASE ${escapeIdentifier(facts.database)} TO hearthkey_owner;`,
        ]),
  ]
}

async function run(client: ClientBase, statements: readonly string[]): Promise<void> {
  try {
    await client.query(['BEGIN;', ...statements, 'COMMIT;'].join('\n'))
  } catch (cause) {
    await client.query('ROLLBACK')
    if (!(cause instanceof DatabaseError) || cause.code !== '42501') throw cause
    throw rolesMissing(statements, cause)
  }
}

const rolesMissing = (statements: readonly string[], cause?: unknown) =>
  new AppError('database-roles-missing', { detail: `To be run once:\n  ${statements.join('\n  ')}`, cause })
