import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import type { ActorContext } from '../../src/audit/actor.ts'
import type { OpenedEntry } from '../../src/audit/entry/opened.ts'
import { entryColumns, entryOf, UnreadableEntry } from '../../src/audit/entry/row.ts'
import type { ChainedEntry } from '../../src/audit/entry/stored-entry.ts'
import { eventId } from '../../src/audit/event.ts'
import { NOBODY } from '../../src/audit/sealer.ts'
import { describe as describeEntry } from '../../src/audit/words/describe.ts'
import { inInstance, inTransaction } from '../../src/db/transaction.ts'
import { actorNames } from '../../src/instance/actor-names.ts'
import { openEntryOpener } from '../../src/instance/entry-opener.ts'
import { registryOf } from '../../src/instance/registry.ts'
import { defineId } from '../../src/lib/ids.ts'
import { instanceAuthority, keysWorld, operator } from '../api-keys/support.ts'
import { testConfig } from '../support/config.ts'
import { createTestInstance, type TestInstance } from '../support/instance.ts'
import { statementsDuring } from '../support/statements.ts'

const arranging: ActorContext = { actor: { kind: 'operator', id: 'test' } }
const session = defineId('ses').generate()
const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Firefox/128.0'

const addPerson = async ({ people }: TestInstance, name: string) => {
  const made = await people.users.create(arranging, { email: `${name.toLowerCase()}@example.test`, name })
  if (!made.ok) throw new Error(made.error)
  return made.value.id
}

/** As the sequencer would have put them into the chain. */
const chained = ({ services: { database, keyring } }: TestInstance, action?: string): Promise<ChainedEntry[]> =>
  inInstance(database.owner, async (tx) => {
    const rows = await tx.selectFrom('events').select(entryColumns).orderBy('id').execute()
    const entries = rows.map(entryOf).filter((entry) => action === undefined || entry.action === action)
    const names = await actorNames(keyring)(tx, entries)
    return entries.map((entry, place) => ({
      ...entry,
      seq: place + 1,
      actorName: names.get(entry.id) ?? null,
      entryHash: Buffer.alloc(32),
      hash: Buffer.alloc(32),
    }))
  })

const open = ({ services: { keyring, database } }: TestInstance, entries: readonly ChainedEntry[]) =>
  openEntryOpener(keyring).open(database.app, entries)

const erase = ({ services: { database, keyring } }: TestInstance, person: Awaited<ReturnType<typeof addPerson>>) =>
  inTransaction(database.app, (tx) => keyring.persons.destroy(tx, person))

const changeOfAddress = async (instance: TestInstance) => {
  const [ada, bob] = [await addPerson(instance, 'Ada'), await addPerson(instance, 'Bob')]
  const by = {
    actor: { kind: 'person', id: ada },
    ip: '203.0.113.7',
    userAgent: firefox,
    session,
    requestId: 'req-1',
  } as const
  await inTransaction(instance.services.database.app, (tx) =>
    instance.services.events.recordEvent(tx, by, {
      action: 'user.email_changed',
      target: bob,
      before: { public: { emailVerified: true }, personal: { personId: bob, fields: { email: 'bob@old.example' } } },
      after: { public: { emailVerified: false }, personal: { personId: bob, fields: { email: 'bob@new.example' } } },
    }),
  )
  return { ada, bob }
}

const only = async (instance: TestInstance, action: string): Promise<OpenedEntry> => {
  const [entry, ...more] = await open(instance, await chained(instance, action))
  if (!entry || more.length > 0) throw new Error(`expected one ${action}`)
  return entry
}

describe('an entry, opened', () => {
  it('[TOS-6] [MON-13] says who by name, from where, with what, in which sign-in, and what changed', async () => {
    const instance = await createTestInstance()
    const { ada, bob } = await changeOfAddress(instance)
    const entry = await only(instance, 'user.email_changed')
    expect(entry).toMatchObject({
      at: instance.clock.now(),
      organisation: null,
      actor: { kind: 'person', id: ada, name: 'Ada' },
      target: { kind: 'person', id: bob },
      before: { emailVerified: true, email: 'bob@old.example' },
      after: { emailVerified: false, email: 'bob@new.example' },
      ip: '203.0.113.7',
      userAgent: firefox,
      session,
      requestId: 'req-1',
      erased: false,
      broken: false,
    })
    expect(describeEntry(entry)).toBe(
      `Ada changed the e-mail address of ${bob} from bob@old.example to bob@new.example`,
    )
  })

  it('keeps the name of that time when the actor is called otherwise', async () => {
    const instance = await createTestInstance()
    const { ada } = await changeOfAddress(instance)
    const before = await chained(instance, 'user.email_changed')
    const { database, keyring } = instance.services
    const sealer = await keyring.persons.of(database.app, ada)
    if (!sealer.ok) throw new Error(sealer.error)
    const row = defineId('usr').toUuid(ada)
    const renamed = sealer.value.seal({ table: 'users', column: 'name', row }, 'Countess')
    await inTransaction(database.owner, async (tx) => {
      await sql`SELECT set_config('hearthkey.test_arranges', 'yes', true)`.execute(tx)
      await tx.updateTable('users').set({ name: renamed }).where('id', '=', row).execute()
    })
    expect((await open(instance, before))[0]?.actor.name).toBe('Ada')
    expect((await only(instance, 'user.email_changed')).actor.name).toBe('Countess')
  })

  it('[TOS-4] of somebody who was erased says so, and keeps what is not theirs', async () => {
    const instance = await createTestInstance()
    const { ada, bob } = await changeOfAddress(instance)
    const entries = await chained(instance, 'user.email_changed')
    await erase(instance, bob)
    const [ofBob] = await open(instance, entries)
    expect(ofBob).toMatchObject({
      actor: { id: ada, name: 'Ada' },
      before: { emailVerified: true },
      after: { emailVerified: false },
      ip: '203.0.113.7',
      erased: true,
      broken: false,
    })
    expect(JSON.stringify(ofBob)).not.toContain('example')
    await erase(instance, ada)
    const [ofBoth] = await open(instance, entries)
    expect(ofBoth).toMatchObject({ actor: { id: ada, name: null }, ip: null, userAgent: null, session, erased: true })
  })

  it('in which something sealed was changed is marked, and does not keep the others from being read', async () => {
    const instance = await createTestInstance()
    await changeOfAddress(instance)
    const [entry, ...rest] = await chained(instance, 'user.email_changed')
    if (!entry?.origin) throw new Error('nothing was sealed')
    const ip = Buffer.from(entry.origin.ip)
    ip[ip.length - 1] = (ip.at(-1) ?? 0) ^ 1
    const opened = await open(instance, [{ ...entry, origin: { ...entry.origin, ip } }, entry, ...rest])
    expect(opened.map(({ broken, ip }) => ({ broken, ip }))).toEqual([
      { broken: true, ip: null },
      { broken: false, ip: '203.0.113.7' },
    ])
  })

  it('does not open with what was sealed for another entry', async () => {
    const instance = await createTestInstance()
    await changeOfAddress(instance)
    const [entry] = await chained(instance, 'user.email_changed')
    if (!entry) throw new Error('no entry')
    expect((await open(instance, [{ ...entry, id: eventId.generate() }]))[0]).toMatchObject({
      actor: { name: null },
      ip: null,
      broken: true,
    })
  })

  it('costs one question for the keys of a whole batch', async () => {
    const instance = await createTestInstance()
    for (const name of ['Ada', 'Bob', 'Cai', 'Dee', 'Eve']) {
      const id = await addPerson(instance, name)
      const by = { actor: { kind: 'person', id }, ip: '203.0.113.7', requestId: 'r' } as const
      await inTransaction(instance.services.database.app, (tx) =>
        instance.services.events.recordEvent(tx, by, { action: 'user.email_verified', target: id }),
      )
    }
    const entries = await chained(instance)
    // What is remembered of the keys is older than it may be.
    instance.clock.advance(120_000)
    const asked = await statementsDuring(() => open(instance, entries))
    expect(asked.filter((text) => text.includes('person_keys'))).toHaveLength(1)
    expect(asked).toHaveLength(1)
  })
})

describe('the names of actors', () => {
  it('are sealed for the entry where it was a person, and the names of programs as they are', async () => {
    const instance = await createTestInstance()
    const { ada } = await changeOfAddress(instance)
    const names = (await chained(instance, 'user.email_changed')).map(({ actorName }) => actorName)
    expect(names).toEqual([{ sealed: expect.any(Buffer) }])
    const { database, keyring } = instance.services
    const kinds = [
      { kind: 'client', id: 'no-such-client' },
      { kind: 'operator', id: 'key rotate' },
      { kind: 'system', id: 'server' },
      { kind: 'anonymous', id: null },
      { kind: 'person', id: NOBODY },
      { kind: 'person', id: 'not an id' },
      { kind: 'api_key', id: 'not an id' },
      { kind: 'service_account', id: defineId('sva').generate() },
    ] as const
    const entries = kinds.map((actor) => ({ id: eventId.generate(), actor }))
    const found = await inInstance(database.owner, (tx) => actorNames(keyring)(tx, entries))
    expect([...found]).toEqual([])
    await erase(instance, ada)
    expect((await chained(instance, 'user.email_changed')).map(({ actorName }) => actorName)).toEqual([null])
  })
})

describe('the names of programs', () => {
  it('are those of the application, the service account and the API key', async () => {
    const world = await keysWorld()
    const { database, keyring } = world.services
    const { org, made } = await world.keyed({ name: 'nightly export' })
    const account = await world.serviceAccounts.create(operator, instanceAuthority, {
      organisation: org,
      name: 'Importer',
      roles: [],
    })
    if (!account.ok) throw new Error(String(account.error))
    const { clients } = registryOf({ config: testConfig(), services: world.services, clock: world.clock })
    const client = await clients.create(operator, {
      name: 'Invoices',
      type: 'web',
      redirectUris: ['https://app.example.com/callback'],
    })
    if (!client.ok) throw new Error(client.error.reason)
    const actors = [
      { kind: 'client', id: client.value.client.id },
      { kind: 'service_account', id: account.value.id },
      { kind: 'api_key', id: made.id },
    ] as const
    const entries = actors.map((actor) => ({ id: eventId.generate(), actor }))
    const found = await inInstance(database.owner, (tx) => actorNames(keyring)(tx, entries))
    expect(entries.map(({ id }) => found.get(id))).toEqual(['Invoices', 'Importer', 'nightly export'])
  })
})

describe('a row that no writer of ours leaves', () => {
  it.each([
    ['an actor of no kind', { actor_kind: 'wizard' }],
    ['an id that is none', { id: '00000000-0000-4000-8000-000000000000' }],
    ['a snapshot that is a list', { before: [] }],
  ])('is named when it is read: %s', async (_, wrong) => {
    const instance = await createTestInstance()
    await changeOfAddress(instance)
    const [row] = await inInstance(instance.services.database.owner, (tx) =>
      tx.selectFrom('events').select(entryColumns).execute(),
    )
    if (!row) throw new Error('no row')
    const changed = { ...row, ...wrong }
    expect(() => entryOf(changed)).toThrow(UnreadableEntry)
    expect(() => entryOf(changed)).toThrow(changed.id)
  })
})
