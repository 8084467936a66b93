import { expect, it } from 'vitest'
import { withOwnerClient } from '../../src/db/database.ts'
import { readMigrations } from '../../src/db/migrations/files.ts'
import { migrate } from '../../src/db/migrations/migrate.ts'
import { Secret } from '../../src/lib/secret.ts'
import { clientSecrets } from '../../src/oidc/clients/secret.ts'
import { findClient } from '../../src/oidc/clients/store.ts'
import { frozenClock } from '../support/clock.ts'
import { testDatabase } from '../support/database.ts'
import { captureLog } from '../support/log.ts'

it('[MON-1] applications from before types and several secrets are what they were, and their secret counts', async () => {
  const clock = frozenClock()
  const { log } = captureLog()
  const database = await testDatabase({ template: 'template1' })
  const all = await readMigrations()
  const surface = all.findIndex(({ name }) => name.includes('protocol_surface'))
  const secrets = clientSecrets(new Secret(Buffer.alloc(32)))
  const { secret, hash } = secrets.generate()
  await withOwnerClient(database.target, async (client) => {
    await migrate(client, { clock, log, files: all.slice(0, surface) })
  })
  const superuser = await database.superuser()
  const old = (id: string, type: string, grants: string, secretHash: Buffer | null) =>
    superuser.query(
      `INSERT INTO oidc_clients (client_id, name, type, redirect_uris, post_logout_redirect_uris, grant_types, first_party,
         secret_hash, created_at) VALUES ($1, 'X', $2, '{https://app.example.com/}', '{}', $3, true, $4, now())`,
      [id, type, grants, secretHash],
    )
  await old('server', 'confidential', '{authorization_code}', hash)
  await old('program', 'confidential', '{client_credentials}', hash)
  await old('page', 'public', '{authorization_code}', null)
  await old('app', 'native', '{authorization_code}', null)
  await withOwnerClient(database.target, (client) => migrate(client, { clock, log, files: all }))

  const found = async (id: string) => {
    const client = await findClient(database.app, id)
    if (!client) throw new Error(`${id} is gone`)
    return client
  }
  for (const [id, type, authMethod] of [
    ['server', 'web', 'client_secret_basic'],
    ['program', 'service', 'client_secret_basic'],
    ['page', 'single-page', 'none'],
    ['app', 'native', 'none'],
  ] as const)
    expect(await found(id)).toMatchObject({ type, authMethod, pkce: 'required', subjectType: 'public' })
  for (const id of ['server', 'program']) {
    const [only] = (await found(id)).secrets
    expect(only).toMatchObject({ hint: '', expiresAt: null })
    expect(only && secrets.matches(only.hash, secret.reveal())).toBe(true)
  }
  expect((await found('page')).secrets).toEqual([])
})
