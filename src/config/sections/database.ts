import { z } from 'zod'
import { section, setting } from '../setting.ts'
import { databaseServer } from '../values/database-server.ts'
import { wholeNumber } from '../values/number.ts'
import { durationBetween } from '../values/quantity.ts'

export const database = section(
  z
    .strictObject({
      url: setting(databaseServer().optional(), {
        about: 'A PostgreSQL server to use instead of the embedded database.',
        env: 'DATABASE_URL',
        secret: true,
        example: '/run/secrets/database-url',
        defaultIs: 'the embedded database in the data directory',
      }),
      migrationUrl: setting(databaseServer().optional(), {
        about:
          'The same database with the login that owns the schema, where the login of `DATABASE_URL` may not change it. Two logins are stronger than one.',
        env: 'MIGRATION_DATABASE_URL',
        secret: true,
        example: '/run/secrets/migration-database-url',
        defaultIs: 'the login of DATABASE_URL',
      }),
      poolSize: setting(wholeNumber(1, 500).prefault(10), {
        about: 'Connections that one process opens at most. Workers times this must fit what the server allows.',
        example: '20',
      }),
      connectionWait: setting(durationBetween('500ms', '1m').prefault('1500ms'), {
        about:
          'How long a request waits for one of these connections, or for a new one, before it is answered with 503 and asked to come again. Longer where the server is far away or often busy.',
        example: '5s',
      }),
    })
    .readonly(),
  { title: 'Database', about: 'The embedded PostgreSQL needs no setting; a server of your own needs its address.' },
)
