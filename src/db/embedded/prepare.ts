import { Client, DatabaseError } from 'pg'
import { errorCode } from '../../lib/error-code.ts'
import { sha256 } from '../../lib/hash.ts'
import { engineFailure } from './failure.ts'
import { SOCKET_PORT } from './layout.ts'
import { APP, DATABASE, OWNER, SUPERUSER } from './roles.ts'

const role = (name: string) => `
  DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${name}') THEN CREATE ROLE ${name}; END IF;
  END $$;
  ALTER ROLE ${name} LOGIN NOSUPERUSER NOBYPASSRLS NOCREATEDB NOCREATEROLE NOREPLICATION;
  -- The client is told of an error, and logs its code. The message may quote a value, so the server's log goes without.
  ALTER ROLE ${name} SET log_min_messages = 'log';`

const ROLES = `${role(OWNER)}${role(APP)}
  REVOKE CONNECT, TEMPORARY ON DATABASE postgres, template1 FROM PUBLIC;`

const GRANTS = `
  ALTER DATABASE ${DATABASE} OWNER TO ${OWNER};
  REVOKE CONNECT, TEMPORARY ON DATABASE ${DATABASE} FROM PUBLIC;
  GRANT CONNECT ON DATABASE ${DATABASE} TO ${APP};
  ALTER SCHEMA public OWNER TO ${OWNER};
  REVOKE CREATE ON SCHEMA public FROM PUBLIC;
  GRANT USAGE ON SCHEMA public TO ${APP};`

/** Says on the database itself that all of the above was done, by which version of it. */
const MARK = `prepared ${sha256(ROLES + GRANTS)
  .toString('hex')
  .slice(0, 12)}`
const COMMENT = `COMMENT ON DATABASE ${DATABASE} IS '${MARK}';`

/** Nobody listens, starting up or shutting down, every slot taken, or it died under the handshake. */
const notYet = new Set(['ENOENT', 'ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'EAGAIN', '57P01', '57P02', '57P03', '53300'])

type Answer = 'ready' | 'unprepared' | 'not-yet'

/** Looks without changing anything. */
export const askDatabase = (socketDir: string): Promise<Answer> =>
  patiently(() =>
    as(socketDir, 'postgres', async (client) => (isMarked(await lookUp(client)) ? 'ready' : 'unprepared')),
  )

/** Brings roles and database to what they must be. A crash at any point is healed by the next start. */
export const prepareDatabase = (socketDir: string): Promise<Answer> =>
  patiently(async () => {
    const done = await as(socketDir, 'postgres', async (client) => {
      const found = await lookUp(client)
      if (isMarked(found)) return true
      await client.query(ROLES)
      if (!found) await client.query(`CREATE DATABASE ${DATABASE} OWNER ${OWNER}`)
      return false
    })
    if (!done) await as(socketDir, DATABASE, (client) => client.query(`${GRANTS} ${COMMENT}`))
    return 'ready'
  })

interface Found {
  readonly mark: string | null
}

const isMarked = (found: Found | undefined) => found?.mark === MARK

/** From outside of it: a comment on a database is seen in every database, and asking raises no error in the log. */
async function lookUp(client: Client): Promise<Found | undefined> {
  const { rows } = await client.query<Found>(
    `SELECT shobj_description(oid, 'pg_database') AS mark FROM pg_database WHERE datname = $1`,
    [DATABASE],
  )
  return rows[0]
}

async function patiently(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask()
  } catch (error) {
    if (notYet.has(errorCode(error) ?? '')) return 'not-yet'
    if (error instanceof Error && /terminated|timeout/i.test(error.message)) return 'not-yet'
    throw error instanceof DatabaseError ? engineFailure('preparing roles and database', error.message) : error
  }
}

async function as<T>(socketDir: string, database: string, work: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client({
    host: socketDir,
    port: SOCKET_PORT,
    user: SUPERUSER,
    database,
    // Named, because what is left out is read from the operator's PG* variables.
    ssl: false,
    options: '-c statement_timeout=30s',
    application_name: 'hearthkey',
    connectionTimeoutMillis: 2000,
  })
  // The failure of the running query says it; unheard, the event would end the process.
  client.on('error', () => {})
  await client.connect()
  try {
    return await work(client)
  } finally {
    await client.end()
  }
}
