import { expect, it } from 'vitest'
import { inInstance } from '../../src/db/transaction.ts'
import { alertJobHandlers } from '../../src/instance/alerts.ts'
import { letters } from '../support/letters.ts'
import { type AlertWorld, alertWorld, operator } from './support.ts'

/** As the sequencer would: what is not in the chain yet is put at its end. */
const chain = ({ services: { database } }: AlertWorld) =>
  inInstance(database.owner, async (tx) => {
    const rows = await tx
      .selectFrom('events')
      .select(['id', 'occurred_at', 'org_id'])
      .where(({ not, exists, selectFrom }) =>
        not(exists(selectFrom('audit_chain').whereRef('event_id', '=', 'events.id'))),
      )
      .orderBy('id')
      .execute()
    const { seq } = await tx.selectFrom('audit_head').select('seq').executeTakeFirstOrThrow()
    const bytes = Buffer.alloc(32)
    for (const [index, { id, occurred_at, org_id }] of rows.entries())
      await tx
        .insertInto('audit_chain')
        .values({ seq: Number(seq) + index + 1, event_id: id, at: occurred_at, org_id, entry_hash: bytes, hash: bytes })
        .execute()
    await tx
      .updateTable('audit_head')
      .set({ seq: Number(seq) + rows.length })
      .execute()
  })

const letterJob = async (world: AlertWorld) => {
  const [job] = alertJobHandlers({ ...world, log: world.log.log })
  await job?.run({}, { jobId: 'test', attempt: 1, signal: new AbortController().signal })
}

async function withAda(alerts: Parameters<typeof alertWorld>[0] = {}) {
  const world = await alertWorld(alerts)
  const { users } = world.people
  const admin = await users.create(operator, {
    email: 'root@example.test',
    name: 'Root',
    emailVerified: true,
    instanceRole: 'admin',
  })
  const ada = await users.create(operator, { email: 'ada@example.test', name: 'Ada', emailVerified: true })
  if (!admin.ok || !ada.ok) throw new Error('nobody')
  await chain(world)
  await world.look()
  return { world, ada: ada.value.id }
}

it('[DRP-15] the administrators get one letter of all alerts of a while, by name, and none twice', async () => {
  const { world, ada } = await withAda({ letters: ['failed-sign-ins', 'key-rotated'] })
  for (let n = 0; n < 7; n++) await world.happens({ action: 'sign_in.failed', target: ada })
  await world.happens({ action: 'master_key.rotated', target: 'master-2' })
  await world.happens({ action: 'user.disabled', target: ada })
  await world.look()
  await chain(world)
  expect(await world.letterJobs()).toHaveLength(1)
  await letterJob(world)
  await letterJob(world)
  const found = (await letters(world)).filter(({ message }) => message === 'alerts')
  expect(found.map(({ to }) => to)).toEqual(['root@example.test'])
  expect(found[0]?.subject).toContain('2 security alerts')
  expect(found[0]?.text).toMatch(/A key was rotated.*Many failed sign-ins.*Ada \(ada@.*\).*6/s)
  expect(found[0]?.text).not.toContain('opened or closed')
})

it('goes to whom the operator named, and to nobody else', async () => {
  const { world } = await withAda({ mail: ['Security@Example.TEST'], letters: ['chain-broken'] })
  await world.happens({ action: 'audit.chain_broken', target: 'instance' })
  await world.look()
  await chain(world)
  await letterJob(world)
  const found = (await letters(world)).filter(({ message }) => message === 'alerts')
  expect(found.map(({ to }) => to.toLowerCase())).toEqual(['security@example.test'])
  expect(found[0]?.subject).toContain('The log of events does not verify')
})

it('tells of the gravest first, of how many more there are, and of all of those in the letters that follow', async () => {
  const { world } = await withAda({ mail: ['security@example.test'] })
  for (let n = 0; n < 70; n++) await world.happens({ action: 'api_key.leaked', target: `key_${n}` })
  await world.happens({ action: 'audit.chain_broken', target: 'instance' })
  await world.look()
  await chain(world)
  await letterJob(world)
  const told = async () => (await letters(world)).filter(({ message }) => message === 'alerts')
  const [first] = await told()
  expect(first?.subject).toContain('72 security alerts')
  expect(first?.text).toMatch(/does not verify.*An API key leaked and was revoked/s)
  expect(first?.text).toContain('An API key leaked and was revoked (22)')
  const jobs = await world.letterJobs()
  expect(jobs.length).toBeGreaterThan(0)
  // What is grave does not queue up behind what is left.
  await world.happens({ action: 'master_key.rotated', target: 'master-2' })
  await world.look()
  await chain(world)
  for (let n = 0; n < 3; n++) await letterJob(world)
  const [, second, ...others] = await told()
  expect(others).toEqual([])
  expect(second?.text).toMatch(/A key was rotated.*An API key leaked/s)
  const keys = [first, second].flatMap((letter) => letter?.text.match(/key_\d+/g) ?? [])
  expect(new Set(keys).size).toBe(70)
})

it('of a rule that is added later, tells what comes, and not what was a year ago', async () => {
  const world = await alertWorld({ mail: ['security@example.test'], letters: ['chain-broken'] })
  await world.happens({ action: 'api_key.leaked', target: 'key_old' })
  await world.happens({ action: 'audit.chain_broken', target: 'instance' })
  await world.look()
  await chain(world)
  await letterJob(world)
  const letterOf: AlertWorld['config']['alerts']['letters'] = ['api-key-leaked']
  const later = { ...world, config: { ...world.config, alerts: { ...world.config.alerts, letters: letterOf } } }
  await world.happens({ action: 'api_key.leaked', target: 'key_new' })
  await world.look()
  await chain(world)
  await letterJob(later)
  const [, second] = (await letters(world)).filter(({ message }) => message === 'alerts')
  expect(second?.text).toContain('key_new')
  expect(second?.text).not.toContain('key_old')
})

it('a mistaken address stops the start', async () => {
  const world = await alertWorld({ mail: ['security@localhost..'] })
  expect(() => alertJobHandlers({ ...world, log: world.log.log })).toThrow(/alerts\.mail/)
})
