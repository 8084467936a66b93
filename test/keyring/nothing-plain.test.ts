import { readFile } from 'node:fs/promises'
import { inspect } from 'node:util'
import { sql } from 'kysely'
import { v7 } from 'uuid'
import { expect, it } from 'vitest'
import { masterPath } from '../../src/keyring/master/master-file.ts'
import { rotateMasterKey } from '../../src/keyring/master/rotate.ts'
import { PROPAGATION_MS } from '../../src/keyring/propagation.ts'
import { openSigningKey } from '../../src/keyring/signing/open-key.ts'
import { signingKeys } from '../../src/keyring/signing/service.ts'
import { createNotes, keyringWorld, newPerson, noteBody, notePersonal } from './support.ts'

const policy = {
  algorithm: 'RS256',
  modulusLength: 2048,
  rotateEvery: 1000,
  publishBefore: 0,
  longestTokenLifetime: 1000,
} as const

it('[MON-1] after every kind of change no table, log or error holds a plaintext, a private key or the master key', async () => {
  const world = await keyringWorld()
  const { database, keysDir, clock, log, collected } = world
  await createNotes(database)
  const keyring = await world.open()
  const keys = signingKeys({
    owner: database.owner,
    instance: keyring.instance,
    policy,
    clock,
    record: collected.record,
  })
  await keys.ensure()
  const needles = new Map<string, Buffer>()
  const keepPrivateKeys = async () => {
    for (const row of await keys.list()) {
      if (!row.sealed) continue
      const { privateKey } = await openSigningKey(keyring.instance, row)
      const jwk = privateKey.export({ format: 'jwk' })
      for (const part of ['d', 'p', 'q', 'dp', 'dq', 'qi'] as const)
        needles.set(`${row.kid} ${part}`, Buffer.from(jwk[part] ?? '', 'base64url'))
    }
  }

  const person = newPerson()
  const row = v7()
  await database.app.transaction().execute(async (tx) => {
    await keyring.persons.ensure(tx, person)
    const own = await keyring.persons.of(tx, person)
    if (!own.ok) throw new Error(own.error)
    await sql`INSERT INTO notes VALUES (${row}, ${keyring.instance.seal(noteBody(row), 'JBSWY3DPEHPK3PXP')},
      ${own.value.seal(notePersonal(row), 'Anna-Plaintext-Kern')})`.execute(tx)
  })
  needles.set('the instance’s text', Buffer.from('JBSWY3DPEHPK3PXP'))
  needles.set('the person’s text', Buffer.from('Anna-Plaintext-Kern'))
  const masterRoot = async (path: string) =>
    Buffer.from((await readFile(path, 'utf8')).split('.')[1] ?? '', 'base64url')
  needles.set('the first master', await masterRoot(masterPath(keysDir)))

  await keepPrivateKeys()
  await keys.rotate()
  await keepPrivateKeys()
  await keyring.rotateSealKey()
  await rotateMasterKey({ owner: database.owner, settings: { keysDir }, log: log.log, record: collected.record })
  needles.set('the second master', await masterRoot(masterPath(keysDir)))
  clock.advance(PROPAGATION_MS + 1000)
  await keyring.retireOldSealKeys()
  await keys.maintain()
  const opened = await keyring.instance.open(noteBody(row), Buffer.alloc(70)).catch((error: unknown) => error)

  const superuser = await database.superuser()
  const tables = await superuser.query<{ name: string }>(
    `SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables WHERE schemaname <> 'information_schema'`,
  )
  const dump = [
    log.text(),
    inspect(opened, { depth: 9 }),
    inspect(collected.events, { depth: 9 }),
    inspect(keyring, { depth: 9 }),
  ]
  for (const { name } of tables.rows) {
    const { rows } = await superuser.query<{ line: string }>(`SELECT t::text AS line FROM ${name} t`)
    dump.push(...rows.map(({ line }) => line))
  }
  const text = dump.join('\n').toLowerCase()
  expect(text).toContain(row)
  for (const [what, bytes] of needles) {
    expect(bytes.length, what).toBeGreaterThan(15)
    for (const spelling of [bytes.toString('hex'), bytes.toString('base64'), bytes.toString('base64url')])
      expect(text.includes(spelling.toLowerCase()), what).toBe(false)
    expect(text.includes(bytes.toString('latin1').toLowerCase()), what).toBe(false)
  }
  expect(text).not.toContain('private key-----')
})
