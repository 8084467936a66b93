import { createServer } from 'node:net'
import { describe, expect, it, onTestFinished } from 'vitest'
import { inTransaction } from '../../src/db/transaction.ts'
import { freePort } from '../strangers/free-port.ts'
import { eventsOf, FROM, mailServer, openPost, postAt, smtpEnv } from './post.ts'
import { everyMessage, everythingStored, ISSUER, link, recovery, send, TOKEN } from './support.ts'

const MINUTE = 60_000

describe('a letter that is delivered', () => {
  it('arrives once with both parts, from the operator, under an id of its own, and nothing of it stays', async () => {
    const smtp = await mailServer()
    const app = await postAt(smtp.url)
    const id = await app.put()
    await app.deliver(id)
    const [mail, ...more] = smtp.mails
    expect(more).toEqual([])
    expect(mail).toMatchObject({ from: FROM, to: ['ada@example.com'] })
    expect(mail?.header('From')).toBe(`Hearthkey <${FROM}>`)
    expect(mail?.header('To')).toBe('Ada Lovelace <ada@example.com>')
    expect(mail?.header('Subject')).toBe('Choose a new password for Hearthkey')
    expect(mail?.header('Message-ID')).toBe(`<${id}@id.example.com>`)
    expect(mail?.header('Auto-Submitted')).toBe('auto-generated')
    expect(new Date(mail?.header('Date') ?? '')).toEqual(app.clock.now())
    expect(mail?.text).toContain(link('/recover/password'))
    expect(mail?.html).toContain(`href="${link('/recover/password')}"`)
    expect(await app.row(id)).toMatchObject({ state: 'sent', sealed: undefined, attempts: 1, lastError: null })
    expect(await eventsOf(app, id)).toEqual([
      { action: 'mail.sent', after: { message: 'recovery', person: null, attempts: 1 } },
    ])
    await app.deliver(id)
    expect(smtp.mails).toHaveLength(1)
  })

  it('[MON-1] leaves neither its words, its address nor the server’s password in any table or log', async () => {
    const password = 'smtp-password-7f3a'
    const smtp = await mailServer({
      onAuth: (_auth, _session, done) => done(null, { user: 'relay' }),
      authOptional: false,
      allowInsecureAuth: true,
    })
    const app = await postAt(smtp.url.replace('//', `//relay:${password}@`))
    for (const message of everyMessage) await app.deliver(await app.put({ message }))
    expect(smtp.mails).toHaveLength(everyMessage.length)
    const kept = `${await everythingStored(app)}${app.log.text()}`.toLowerCase()
    for (const needle of [TOKEN, 'ada@example.com', 'lovelace', 'firefox', password, 'recover/password']) {
      const text = needle.toLowerCase()
      for (const spelling of [
        text,
        Buffer.from(needle).toString('hex'),
        Buffer.from(needle).toString('base64').toLowerCase(),
      ])
        expect(kept).not.toContain(spelling)
    }
  })

  it('goes to the stored spelling of the address and to nobody else (threat 23)', async () => {
    const smtp = await mailServer()
    const app = await postAt(smtp.url)
    const addresses = ['Ada.Lovelace+tag@EXAMPLE.com', "o'hara@example.com", 'x_y-z@sub.example.co.uk']
    const name = 'Eve <eve@example.org>, "x" \\'
    for (const address of addresses) await app.deliver(await app.put({ to: { address, name } }))
    // A domain has no case of its own; what stands before it has.
    const inLowerDomain = (address: string) => address.replace(/@.*/, (domain) => domain.toLowerCase())
    expect(smtp.mails.map(({ to }) => to)).toEqual(addresses.map((address) => [inLowerDomain(address)]))
    await app.deliver(await app.put({ to: { address: 'ada@bücher.example' } }))
    expect(smtp.mails.at(-1)?.header('To')).toBe('ada@xn--bcher-kva.example')
  })

  it('is in the language of its reader, in every character', async () => {
    const smtp = await mailServer()
    const app = await postAt(smtp.url, {})
    await app.deliver(
      await app.put({ to: { address: 'jörg@example.com'.replace('ö', 'o'), name: 'Jörg Müßig', locale: 'de' } }),
    )
    const [mail] = smtp.mails
    expect(mail?.text).toContain('Öffnen Sie diesen Link')
    expect(mail?.html).toContain('Öffnen Sie diesen Link')
    expect(mail?.header('To')).toBe('=?UTF-8?Q?J=C3=B6rg_M=C3=BC=C3=9Fig?= <jorg@example.com>')
  })
})

describe('many workers at once', () => {
  it('deliver one letter once', async () => {
    const smtp = await mailServer()
    const app = await postAt(smtp.url)
    const id = await app.put()
    await Promise.all(Array.from({ length: 20 }, () => app.deliver(id)))
    expect(smtp.mails).toHaveLength(1)
    expect(await app.row(id)).toMatchObject({ state: 'sent', attempts: 1 })
  })

  it('leave a letter to the one that has it, and look again when that one fell silent', async () => {
    const smtp = await mailServer()
    const app = await postAt(smtp.url)
    const id = await app.put()
    await app.database.ownerPool.query(`UPDATE outbox SET attempts = 1, claimed_until = $1`, [
      new Date(app.clock.now().getTime() + MINUTE),
    ])
    await app.deliver(id)
    expect(smtp.mails).toHaveLength(0)
    const later = await app.database.ownerPool.query(
      `SELECT start_after FROM pgboss.job WHERE name = 'mail.deliver' AND start_after > $1`,
      [app.clock.now()],
    )
    expect(later.rows).toHaveLength(1)
    app.clock.advance(2 * MINUTE)
    await app.deliver(id)
    expect(smtp.mails).toHaveLength(1)
  })

  it('send a second time under the same id what a killed one had handed over without noting it', async () => {
    const smtp = await mailServer()
    const app = await postAt(smtp.url)
    const id = await app.put()
    const dying = await app.database.superuser()
    // The note fails as it would if the database, or the process, went away at this very moment.
    await dying.query(`CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'gone'; END $$;
      CREATE TRIGGER die BEFORE UPDATE OF state ON outbox FOR EACH ROW WHEN (NEW.state = 'sent') EXECUTE FUNCTION die()`)
    await expect(app.deliver(id)).rejects.toThrow('gone')
    await dying.query('DROP TRIGGER die ON outbox')
    expect(await app.row(id)).toMatchObject({ state: 'queued' })
    app.clock.advance(2 * MINUTE)
    await app.deliver(id)
    expect(smtp.mails.map((mail) => mail.header('Message-ID'))).toEqual(Array(2).fill(`<${id}@id.example.com>`))
    expect(smtp.mails.map((mail) => mail.header('Date'))[0]).toBe(smtp.mails[1]?.header('Date'))
    expect(await app.row(id)).toMatchObject({ state: 'sent', attempts: 2 })
  })
})

describe('a mail server that', () => {
  const reply = (responseCode: number, message: string) => Object.assign(new Error(message), { responseCode })

  it('is down gets the letter once it is up again', async () => {
    const smtp = await mailServer()
    const port = await freePort()
    const app = await postAt(`smtp://127.0.0.1:${port}`)
    const id = await app.put()
    await expect(app.deliver(id)).rejects.toMatchObject({ reason: 'refused' })
    expect(await app.row(id)).toMatchObject({ state: 'queued', lastError: 'refused', claimedUntil: null })
    const up = openPost(app, smtpEnv(smtp.url))
    await up.deliver(id, { signal: new AbortController().signal, isLast: false })
    expect(smtp.mails).toHaveLength(1)
    expect(await app.row(id)).toMatchObject({ state: 'sent', attempts: 2 })
  })

  it('asks to come back later (greylisting) is asked again', async () => {
    let refusals = 1
    const smtp = await mailServer({
      onRcptTo: (_address, _session, done) =>
        done(refusals-- > 0 ? reply(450, '4.7.1 <ada@example.com>: greylisted') : null),
    })
    const app = await postAt(smtp.url)
    const id = await app.put()
    await expect(app.deliver(id)).rejects.toMatchObject({ reason: 'later', isFinal: false })
    expect(await app.row(id)).toMatchObject({ state: 'queued', lastError: 'later 450 4.7.1' })
    await app.deliver(id)
    expect(smtp.mails).toHaveLength(1)
  })

  it('refuses the address for good is not asked again; the log and the event say so without the address', async () => {
    const smtp = await mailServer({
      onRcptTo: ({ address }, _session, done) => done(reply(550, `5.1.1 <${address}>: no such user`)),
    })
    const app = await postAt(smtp.url)
    const id = await app.put()
    await app.deliver(id)
    expect(await app.row(id)).toMatchObject({ state: 'failed', sealed: undefined, lastError: 'recipient 550 5.1.1' })
    expect(await eventsOf(app, id)).toEqual([
      {
        action: 'mail.failed',
        after: { message: 'recovery', person: null, attempts: 1, reason: 'recipient 550 5.1.1' },
      },
    ])
    expect(app.log.lines()).toContainEqual(
      expect.objectContaining({ level: 'warn', mail: id, reason: 'recipient 550 5.1.1' }),
    )
    expect(app.log.text()).not.toMatch(/ada@|no such user/)
  })

  it('refuses the words for good is not asked again', async () => {
    const smtp = await mailServer({
      onData: (stream, _session, done) =>
        void stream.resume().on('end', () => done(reply(554, '5.7.1 spam: https://id.example.com/recover'))),
    })
    const app = await postAt(smtp.url)
    const id = await app.put()
    await app.deliver(id)
    expect(await app.row(id)).toMatchObject({ state: 'failed', sealed: undefined, lastError: 'content 554 5.7.1' })
  })

  it.each([
    [
      'the login',
      {
        onAuth: (_a: unknown, _s: unknown, done: (e: Error) => void) => done(reply(535, '5.7.8 relay@example.com')),
        authOptional: false,
        allowInsecureAuth: true,
      },
      'relay:wrong@',
      'login 535 5.7.8',
    ],
    ['a login that is missing', { authOptional: false, onAuth: () => {} }, '', 'login 530'],
    [
      'the sender',
      { onMailFrom: (_a: unknown, _s: unknown, done: (e: Error) => void) => done(reply(550, '5.7.1 not yours')) },
      '',
      'sender 550 5.7.1',
    ],
  ])(
    'refuses %s, which the operator can mend, keeps the letter until it is too old',
    async (_what, behaviour, login, reason) => {
      const smtp = await mailServer(behaviour)
      const app = await postAt(smtp.url.replace('//', `//${login}`))
      const id = await app.put()
      await expect(app.deliver(id)).rejects.toThrow(reason)
      expect(await app.row(id)).toMatchObject({ state: 'queued', lastError: reason })
      await expect(app.deliver(id, { isLast: true })).rejects.toThrow(reason)
      expect(await app.row(id)).toMatchObject({ state: 'failed', sealed: { letter: expect.any(Buffer) } })
      expect(await eventsOf(app, id)).toMatchObject([{ action: 'mail.failed', after: { reason } }])
      expect(app.log.text()).not.toContain('relay@')
    },
  )

  it('says nothing is left after the time that one attempt may take', async () => {
    const silent = createServer(() => {}).listen(0, '127.0.0.1')
    await new Promise((resolve) => silent.once('listening', resolve))
    onTestFinished(() => void silent.close())
    const address = silent.address()
    const port = typeof address === 'object' && address ? address.port : 0
    const app = await postAt(`smtp://127.0.0.1:${port}`)
    const hurried = openPost({ ...app, config: { ...app.config, mail: { ...app.config.mail, timeout: 200 } } })
    const id = await app.put()
    const started = performance.now()
    await expect(hurried.deliver(id, { signal: new AbortController().signal, isLast: false })).rejects.toMatchObject({
      reason: 'timeout',
    })
    expect(performance.now() - started).toBeLessThan(2000)
    expect(await app.row(id)).toMatchObject({ state: 'queued', lastError: 'timeout', claimedUntil: null })
  })

  it('has not answered when we stop is left at once, and the letter is free for the next', async () => {
    const smtp = await mailServer({ onData: (stream) => void stream.resume() })
    const app = await postAt(smtp.url)
    const id = await app.put()
    const stop = new AbortController()
    const delivering = app.deliver(id, { signal: stop.signal })
    setTimeout(() => stop.abort(), 100)
    await expect(delivering).rejects.toMatchObject({ reason: 'timeout' })
    expect(await app.row(id)).toMatchObject({ state: 'queued', claimedUntil: null })
  })
})

describe('a letter that is too old', () => {
  it('is never sent late: it is erased, and an event says so', async () => {
    const smtp = await mailServer()
    const app = await postAt(smtp.url)
    const id = await app.put()
    app.clock.advance(31 * MINUTE)
    await app.deliver(id)
    expect(smtp.mails).toEqual([])
    expect(await app.row(id)).toMatchObject({ state: 'expired', sealed: undefined })
    expect(await eventsOf(app, id)).toMatchObject([{ action: 'mail.expired' }])
  })
})

describe('a letter to nobody', () => {
  it.each([
    ['with', true],
    ['without', false],
  ])('is gone at once, %s a mail server', async (_how, configured) => {
    const smtp = await mailServer()
    const app = await postAt(configured ? smtp.url : undefined)
    const id = await app.put({ message: { name: 'discard' }, to: { address: 'nobody@example.com' } })
    await app.deliver(id)
    expect(smtp.mails).toEqual([])
    expect(await app.row(id)).toMatchObject({ state: 'discarded', sealed: undefined })
    expect(await eventsOf(app, id)).toEqual([])
  })
})

describe('a letter to somebody who is erased meanwhile', () => {
  it('is not sent', async () => {
    const smtp = await mailServer()
    const app = await postAt(smtp.url)
    const operator = { actor: { kind: 'operator', id: 'test' } } as const
    const ada = await app.people.users.create(operator, { email: 'ada@example.com', name: 'Ada' })
    if (!ada.ok) throw new Error(ada.error)
    const id = await app.put({ to: { address: 'ada@example.com', person: ada.value.id } })
    await inTransaction(app.services.database.app, (tx) => app.services.keyring.persons.destroy(tx, ada.value.id))
    await app.deliver(id)
    expect(smtp.mails).toEqual([])
    expect(await app.row(id)).toMatchObject({ state: 'discarded', sealed: undefined })
  })
})

describe('without a mail server', () => {
  it('nothing is tried, and nothing is lost', async () => {
    const app = await postAt()
    const id = await app.put()
    await app.deliver(id)
    expect(await app.row(id)).toMatchObject({ state: 'queued', attempts: 0 })
  })
})

it('is told apart from the letters of others', async () => {
  const smtp = await mailServer()
  const app = await postAt(smtp.url)
  await send(app, { to: { address: 'bob@example.com' }, message: recovery })
  await send(app)
  for (const row of await app.rows()) await app.deliver(row.id)
  expect(smtp.mails.map(({ to }) => to[0])).toEqual(['bob@example.com', 'ada@example.com'])
  expect(smtp.mails.every((mail) => mail.text.includes(ISSUER))).toBe(true)
})
