import { describe, expect, it } from 'vitest'
import type { ActorContext } from '../../src/audit/actor.ts'
import { inTransaction } from '../../src/db/transaction.ts'
import { maskAddress } from '../../src/mail/mail.ts'
import { eventsOf, mailServer, openPost, type Post, postAt, smtpEnv } from './post.ts'
import { everythingStored, link } from './support.ts'

const MINUTE = 60_000
const operator: ActorContext = { actor: { kind: 'operator', id: 'outbox show' } }
const running = new AbortController().signal

const queuedJobs = async ({ database }: Post) =>
  (await database.ownerPool.query(`SELECT data FROM pgboss.job WHERE name = 'mail.deliver' ORDER BY created_on`)).rows

describe('the outbox of a host without a mail server', () => {
  it('lists what waits, newest first, and shows addresses masked', async () => {
    const app = await postAt()
    const first = await app.put()
    const second = await app.put({ to: { address: 'bob@example.org' } })
    const { outbox } = app.post
    expect(await outbox.list({ limit: 10 })).toMatchObject([
      { id: second, to: 'b…@example.org', state: 'queued', message: 'recovery' },
      { id: first, to: 'a…@example.com' },
    ])
    expect(await outbox.list({ limit: 1, before: second })).toMatchObject([{ id: first }])
    expect(JSON.stringify(await outbox.list({ limit: 10 }))).not.toMatch(/ada@|bob@|token/)
  })

  it('reveals a letter to the operator, and remembers that it did', async () => {
    const app = await postAt()
    const id = await app.put()
    const letter = await app.post.outbox.reveal(operator, id)
    expect(letter).toMatchObject({
      ok: true,
      value: { to: 'ada@example.com', subject: expect.stringContaining('password') },
    })
    expect(letter.ok && letter.value.text).toContain(link('/recover/password'))
    expect(await eventsOf(app, id)).toMatchObject([{ action: 'mail.revealed', after: { message: 'recovery' } }])
  })

  it('reveals nothing where that cannot be remembered', async () => {
    const app = await postAt()
    const id = await app.put()
    await (await app.database.superuser()).query('REVOKE INSERT ON events FROM hearthkey_app')
    await expect(app.post.outbox.reveal(operator, id)).rejects.toThrow(/permission denied/)
  })

  it('reveals none that is too old, was for nobody, or never was', async () => {
    const app = await postAt()
    const { outbox } = app.post
    const nobody = await app.put({ message: { name: 'discard' } })
    expect(await outbox.reveal(operator, nobody)).toEqual({ ok: false, error: 'erased' })
    const old = await app.put()
    app.clock.advance(31 * MINUTE)
    expect(await outbox.reveal(operator, old)).toEqual({ ok: false, error: 'erased' })
    await app.database.ownerPool.query('DELETE FROM outbox')
    expect(await outbox.reveal(operator, old)).toEqual({ ok: false, error: 'not-found' })
    expect(await outbox.retry(operator, old)).toEqual({ ok: false, error: 'not-found' })
  })
})

describe('the outbox of a host with a mail server', () => {
  it('reveals nothing: the letter is for its recipient', async () => {
    const app = await postAt((await mailServer()).url)
    const id = await app.put()
    expect(await app.post.outbox.reveal(operator, id)).toEqual({ ok: false, error: 'delivered' })
    expect(await eventsOf(app, id)).toEqual([])
  })

  it('tries again what was given up for a reason that is mended', async () => {
    const down = await mailServer()
    await down.close()
    const app = await postAt(down.url)
    const id = await app.put()
    await expect(app.deliver(id, { isLast: true })).rejects.toThrow()
    expect(await app.row(id)).toMatchObject({ state: 'failed' })
    const jobs = (await queuedJobs(app)).length
    const smtp = await mailServer()
    const mended = openPost(app, smtpEnv(smtp.url))
    expect(await mended.outbox.retry(operator, id)).toMatchObject({ ok: true, value: { id, state: 'queued' } })
    expect(await queuedJobs(app)).toHaveLength(jobs + 1)
    await mended.deliver(id, { signal: running, isLast: false })
    expect(smtp.mails).toHaveLength(1)
    expect((await eventsOf(app, id)).map(({ action }) => action)).toEqual(['mail.failed', 'mail.retried', 'mail.sent'])
  })

  it('tries nothing again of which nothing is left', async () => {
    const smtp = await mailServer()
    const app = await postAt(smtp.url)
    const id = await app.put()
    await app.deliver(id)
    expect(await app.post.outbox.retry(operator, id)).toEqual({ ok: false, error: 'erased' })
    expect(await openPost(app, { ISSUER_URL: app.config.server.issuerUrl }).outbox.retry(operator, id)).toEqual({
      ok: false,
      error: 'no-server',
    })
  })

  it('sends what waited from before there was one, if it is not too old', async () => {
    const app = await postAt()
    const old = await app.put()
    app.clock.advance(29 * MINUTE)
    const young = await app.put({ to: { address: 'bob@example.com' } })
    for (const id of [old, young]) await app.deliver(id)
    app.clock.advance(3 * MINUTE)
    const smtp = await mailServer()
    const switchedOn = openPost(app, smtpEnv(smtp.url))
    const before = (await queuedJobs(app)).length
    await switchedOn.sweep(running)
    const woken = (await queuedJobs(app)).slice(before)
    expect(woken).toEqual([{ data: { mail: young } }])
    await switchedOn.deliver(young, { signal: running, isLast: false })
    expect(smtp.mails.map(({ to }) => to[0])).toEqual(['bob@example.com'])
    expect(await app.row(old)).toMatchObject({ state: 'expired' })
  })
})

describe('the sweep', () => {
  it('erases what is too old, sent or not, and an event says what nobody got', async () => {
    const down = await mailServer()
    await down.close()
    const app = await postAt(down.url)
    const [waiting, failed, nobody] = [
      await app.put(),
      await app.put(),
      await app.put({ message: { name: 'discard' } }),
    ]
    await expect(app.deliver(failed, { isLast: true })).rejects.toThrow()
    app.clock.advance(31 * MINUTE)
    await app.post.sweep(running)
    expect(await app.row(waiting)).toMatchObject({ state: 'expired', sealed: undefined, endedAt: app.clock.now() })
    expect(await app.row(failed)).toMatchObject({ state: 'failed', sealed: undefined })
    expect(await app.row(nobody)).toMatchObject({ sealed: undefined })
    expect((await eventsOf(app, waiting)).map(({ action }) => action)).toEqual(['mail.expired'])
    expect((await eventsOf(app, failed)).map(({ action }) => action)).toEqual(['mail.failed'])
    expect(await eventsOf(app, nobody)).toEqual([])
  })

  it('erases more than a batch, and leaves what is being sent', async () => {
    const app = await postAt()
    for (let i = 0; i < 60; i++) await app.put()
    const [claimed] = await app.rows()
    app.clock.advance(31 * MINUTE)
    await app.database.ownerPool.query(
      'UPDATE outbox SET claimed_until = $1 WHERE id = (SELECT min(id::text)::uuid FROM outbox)',
      [new Date(app.clock.now().getTime() + MINUTE)],
    )
    await app.post.sweep(running)
    const left = (await app.rows()).filter(({ sealed }) => sealed)
    expect(left.map(({ id }) => id)).toEqual([claimed?.id])
  })

  it('forgets after a month that there was a letter, and not before', async () => {
    const smtp = await mailServer()
    const app = await postAt(smtp.url)
    await app.deliver(await app.put())
    const DAY = 24 * 60 * MINUTE
    app.clock.advance(29 * DAY)
    await app.post.sweep(running)
    expect(await app.rows()).toHaveLength(1)
    app.clock.advance(2 * DAY)
    await app.post.sweep(running)
    expect(await app.rows()).toEqual([])
  })

  it('gives a job to a letter whose own has died, and to no other', async () => {
    const smtp = await mailServer()
    const app = await postAt(smtp.url)
    const expiresAt = new Date(app.clock.now().getTime() + 24 * 60 * MINUTE)
    const [stuck, trying] = [await app.put({ expiresAt }), await app.put({ expiresAt })]
    const minutesAgo = (minutes: number) => new Date(app.clock.now().getTime() - minutes * MINUTE)
    const tried = 'UPDATE outbox SET attempts = 1, tried_at = $2 WHERE right(id::text, 12) = right($1, 12)'
    await app.database.ownerPool.query(tried, [stuck, minutesAgo(200)])
    await app.database.ownerPool.query(tried, [trying, minutesAgo(100)])
    const before = (await queuedJobs(app)).length
    await app.post.sweep(running)
    await app.post.sweep(running)
    expect((await queuedJobs(app)).slice(before)).toEqual([{ data: { mail: stuck } }])
  })
})

it('the serving role may not bring a letter back, nor change what was said', async () => {
  const app = await postAt((await mailServer()).url)
  await app.put()
  for (const set of ["message = 'other'", 'person_id = NULL', 'expires_at = now()', 'created_at = now()'])
    await expect(
      inTransaction(app.services.database.app, async (tx) => {
        const { CompiledQuery } = await import('kysely')
        await tx.executeQuery(CompiledQuery.raw(`UPDATE outbox SET ${set}`))
      }),
    ).rejects.toThrow(/permission denied/)
  expect(await everythingStored(app)).not.toContain('ada@')
})

it.each([
  ['ada@example.com', 'a…@example.com'],
  ['a@example.com', 'a…@example.com'],
  ['o"@"x@example.com', 'o…@example.com'],
])('%s is shown as %s', (address, masked) => expect(maskAddress(address)).toBe(masked))
