import { type Client, type ClientBase, DatabaseError, escapeIdentifier } from 'pg'
import { AppError } from '../../errors/app-error.ts'

interface RoleFacts {
  readonly login: string
  readonly may_create: boolean
  readonly missing: string[]
  readonly unjoined: string[]
  readonly may_own_schema: boolean
}

const FACTS = `
  SELECT session_user AS login,
    (SELECT rolcreaterole OR rolsuper FROM pg_roles WHERE rolname = session_user) AS may_create,
    array(SELECT r FROM unnest(ARRAY['hearthkey_owner', 'hearthkey_app']) r
          WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = r)) AS missing,
    array(SELECT m FROM unnest($1::text[], $2::text[]) AS g(m, r)
          WHERE NOT coalesce((SELECT pg_has_role(m, oid, 'SET') FROM pg_roles WHERE rolname = r), false)) AS unjoined,
    coalesce((SELECT has_schema_privilege(oid, 'public', 'CREATE') AND has_database_privilege(oid, current_database(), 'CREATE')
              FROM pg_roles WHERE rolname = 'hearthkey_owner'), false) AS may_own_schema`

/**
 * On a server that the operator runs, the two roles are groups and the operator's logins are members. `owner` is
 * connected without a role. Idempotent; where the login may not create roles, the error holds the statements to run.
 */
export async function ensureServerRoles(owner: Client, ownerLogin: string, servingLogin: string): Promise<void> {
  const members: [string, string][] = [
    [ownerLogin, 'hearthkey_owner'],
    [servingLogin, 'hearthkey_app'],
  ]
  const { rows } = await owner.query<RoleFacts>(FACTS, [members.map(([m]) => m), members.map(([, r]) => r)])
  const facts = rows[0]
  if (!facts) throw new Error('the role query answered no row')
  if (facts.missing.length === 0 && facts.unjoined.length === 0 && facts.may_own_schema) return
  const statements = [
    ...facts.missing.map((role) => `CREATE ROLE ${role} NOLOGIN;`),
    ...members
      .filter(([member]) => facts.unjoined.includes(member))
      .map(([m, r]) => `GRANT ${r} TO ${escapeIdentifier(m)};`),
    'GRANT USAGE, CREATE ON SCHEMA public TO hearthkey_owner;',
    `GRANT CREATE ON DATABASE ${escapeIdentifier(owner.database ?? 'hearthkey')} TO hearthkey_owner;`,
  ]
  await runOrExplain(owner, statements)
}

async function runOrExplain(owner: ClientBase, statements: readonly string[]): Promise<void> {
  try {
    await owner.query(['BEGIN;', ...statements, 'COMMIT;'].join('\n'))
  } catch (cause) {
    await owner.query('ROLLBACK')
    if (!(cause instanceof DatabaseError) || cause.code !== '42501') throw cause
    throw new AppError('database-roles-missing', { detail: `To be run once:\n  ${statements.join('\n  ')}`, cause })
  }
}
