import { openDatabase, withOwnerClient } from '../../db/database.ts'
import { migrationStatus } from '../../db/migrations/migrate.ts'
import { assertServingRole } from '../../db/serving-role.ts'
import { type Check, type Finding, failure, fine, type Patient, warning } from './finding.ts'

/** Whether row security can hold (who logs in as what), and whether the schema is this program's. */
export const databaseCheck: Check = {
  subject: 'database',
  examine: async (patient) => [
    await logins(patient),
    await superuser(patient),
    await schema(patient),
    transport(patient),
  ],
}

async function logins({ config: { database } }: Patient): Promise<Finding> {
  if (!database.url) return fine('the embedded PostgreSQL answers, with a login each for serving and for owning')
  if (database.migrationUrl) return fine('serving and migrating use two logins')
  return warning(
    'one login both serves and owns the tables: whoever steals it can lift row security',
    'Give DATABASE_URL a member of hearthkey_app alone, and MIGRATION_DATABASE_URL a member of hearthkey_owner.',
  )
}

async function superuser({ target, log }: Patient): Promise<Finding> {
  const database = openDatabase({ target, poolSize: 1, log })
  try {
    const { loginIsSuperuser } = await assertServingRole(database.app)
    return loginIsSuperuser
      ? warning(
          'the login behind the serving role is a superuser',
          'Use an ordinary login that is a member of hearthkey_app.',
        )
      : fine('requests are served by a role that cannot pass row security')
  } finally {
    await database.close()
  }
}

async function schema({ target }: Patient): Promise<Finding> {
  const { applied, pending } = await withOwnerClient(target, (client) => migrationStatus(client))
  return pending.length === 0
    ? fine(`the schema is current (${applied.length} migrations)`)
    : failure(`${pending.length} migrations are pending`, 'Run hearthkey migrate, or start the server.')
}

function transport({ target }: Patient): Finding {
  if (target.kind === 'embedded') return fine('the database is reached through a private socket')
  const open = [target.serving, target.owning].find(
    (address) => address?.tls === false && !isOnThisMachine(address.host),
  )
  return open
    ? warning(
        `passwords and rows travel to ${open.host} in plain text (sslmode=disable)`,
        'Use sslmode=verify-full unless the network between is yours alone.',
      )
    : fine('the way to the database is local or verified TLS')
}

const isOnThisMachine = (host: string) => host.startsWith('/') || ['localhost', '127.0.0.1', '::1'].includes(host)
