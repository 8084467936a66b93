import { sql } from 'kysely'
import { describe, expect, it } from 'vitest'
import { inTransaction } from '../../src/db/transaction.ts'
import type { Tx } from '../../src/db/types.ts'
import { jobHandlers } from '../../src/instance/jobs.ts'
import { type LinkPurpose, lifetimes } from '../../src/links/link.ts'
import type { UserId } from '../../src/users/user.ts'
import { peopleWorld } from '../users/support.ts'

async function linksWorld() {
  const world = await peopleWorld()
  const { links, by, users } = world
  const { app: db } = world.database
  const created = await users.create(by, { email: 'ada@example.com', name: 'Ada' })
  if (!created.ok) throw new Error(created.error)
  const person = created.value.id
  const tx = <T>(work: (tx: Tx) => Promise<T>) => inTransaction(db, work)
  const issue = (purpose: LinkPurpose, more: { person?: UserId; supersede?: boolean } = {}) =>
    tx((it) => links.issue(it, by, { purpose, data: { for: purpose }, ...more }))
  const take = (purpose: LinkPurpose, token: string) => tx((it) => links.take(it, by, purpose, token))
  const rows = async () => (await sql<{ n: number }>`SELECT count(*)::int AS n FROM links`.execute(db)).rows[0]?.n
  return { ...world, person, tx, issue, take, rows }
}

describe('a mailed link', () => {
  it('opens what it was issued for, with what was put into it', async () => {
    const { issue, links, person, take } = await linksWorld()
    const { id, token, expiresAt } = await issue('recovery', { person })
    const expected = { id, purpose: 'recovery', person, data: { for: 'recovery' }, expiresAt }
    expect(await links.look('recovery', token.reveal())).toMatchObject(expected)
    expect(await take('recovery', token.reveal())).toMatchObject(expected)
  })

  it('is used up by being taken, never by being looked at', async () => {
    const { issue, links, take, rows } = await linksWorld()
    const token = (await issue('registration')).token.reveal()
    for (let times = 0; times < 3; times += 1) expect(await links.look('registration', token)).toBeDefined()
    expect(await take('registration', token)).toBeDefined()
    expect(await take('registration', token)).toBeUndefined()
    expect(await links.look('registration', token)).toBeUndefined()
    expect(await rows(), 'nothing is left of it').toBe(0)
  })

  it('is taken once by twenty at the same moment', async () => {
    const { issue, take, actions } = await linksWorld()
    const token = (await issue('not-me')).token.reveal()
    const taken = await Promise.all(Array.from({ length: 20 }, () => take('not-me', token)))
    expect(taken.filter((link) => link !== undefined)).toHaveLength(1)
    expect((await actions()).filter((action) => action === 'link.used')).toHaveLength(1)
  })

  it('is good again when what it was taken for did not happen', async () => {
    const { issue, links, by, tx, take } = await linksWorld()
    const token = (await issue('recovery')).token.reveal()
    const failing = tx(async (it) => {
      await links.take(it, by, 'recovery', token)
      throw new Error('power cut')
    })
    await expect(failing).rejects.toThrow('power cut')
    expect(await take('recovery', token)).toBeDefined()
  })

  it.each(Object.entries(lifetimes))('for %s is good for %i ms and not a moment longer', async (purpose, ms) => {
    const { issue, links, take, clock } = await linksWorld()
    const isPurpose = (name: string): name is LinkPurpose => name in lifetimes
    if (!isPurpose(purpose)) throw new TypeError(purpose)
    const token = (await issue(purpose)).token.reveal()
    clock.advance(ms - 1)
    expect(await links.look(purpose, token)).toBeDefined()
    clock.advance(1)
    expect(await links.look(purpose, token)).toBeUndefined()
    expect(await take(purpose, token)).toBeUndefined()
  })

  it('for one purpose opens no other', async () => {
    const { issue, take } = await linksWorld()
    const token = (await issue('email-verification')).token.reveal()
    for (const purpose of Object.keys(lifetimes).filter((name): name is LinkPurpose => name !== 'email-verification'))
      expect(await take(purpose, token)).toBeUndefined()
    expect(await take('email-verification', token)).toBeDefined()
  })

  it('takes the place of the one before where it is asked to, of that person and purpose alone', async () => {
    const { issue, links, person, users, by } = await linksWorld()
    const other = await users.create(by, { email: 'bob@example.com', name: 'Bob' })
    if (!other.ok) throw new Error(other.error)
    const first = await issue('email-verification', { person })
    const kept = [
      ['recovery', await issue('recovery', { person })],
      ['email-verification', await issue('email-verification', { person: other.value.id })],
    ] as const
    const second = await issue('email-verification', { person, supersede: true })
    expect(await links.look('email-verification', first.token.reveal())).toBeUndefined()
    expect(await links.look('email-verification', second.token.reveal())).toBeDefined()
    for (const [purpose, link] of kept) expect(await links.look(purpose, link.token.reveal())).toBeDefined()
  })

  it('can be withdrawn with all of its kind, and no others', async () => {
    const { issue, links, person, tx, by } = await linksWorld()
    const [one, two] = [await issue('recovery', { person }), await issue('recovery', { person })]
    const kept = await issue('not-me', { person })
    expect(await tx((it) => links.withdraw(it, by, { person, purpose: 'recovery' }))).toBe(2)
    for (const { token } of [one, two]) expect(await links.look('recovery', token.reveal())).toBeUndefined()
    expect(await links.look('not-me', kept.token.reveal())).toBeDefined()
    expect(await tx((it) => links.withdraw(it, by, { person }))).toBe(1)
  })

  it('is not opened by another spelling of its bytes, nor by what no token looks like', async () => {
    const { issue, links } = await linksWorld()
    const token = (await issue('recovery')).token.reveal()
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const twin = token.slice(0, -1) + alphabet[alphabet.indexOf(token.at(-1) ?? '') ^ 1]
    expect(Buffer.from(twin, 'base64url')).toEqual(Buffer.from(token, 'base64url'))
    for (const text of [twin, '', 'x', `${token}=`, `${token} `, 'A'.repeat(100_000)])
      expect(await links.look('recovery', text)).toBeUndefined()
  })

  it('stands in no table, and neither does what it says', async () => {
    const { issue, person, dump } = await linksWorld()
    const token = (await issue('email-change', { person })).token.reveal()
    const all = await dump()
    const hex = (text: string) => Buffer.from(text).toString('hex')
    for (const text of [token, hex(token), Buffer.from(token, 'base64url').toString('hex'), '{"for"', hex('{"for"')])
      expect(all).not.toContain(text)
  })

  it('dies with the person it is of', async () => {
    const { issue, links, person, services, tx } = await linksWorld()
    const token = (await issue('recovery', { person })).token.reveal()
    await tx((it) => services.keyring.persons.destroy(it, person))
    expect(await links.look('recovery', token)).toBeUndefined()
  })

  it('is swept when it has expired, and only then', async () => {
    const { issue, rows, clock, config, services, log } = await linksWorld()
    await issue('recovery')
    await issue('registration')
    clock.advance(lifetimes.recovery)
    const sweep = jobHandlers({ config, services, clock, log: log.log }).find(({ kind }) => kind.name === 'links.sweep')
    await sweep?.run({}, { jobId: 'test', attempt: 1, signal: new AbortController().signal })
    expect(await rows()).toBe(1)
  })
})
