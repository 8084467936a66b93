import { describe, expect, it } from 'vitest'
import { inTransaction } from '../../src/db/transaction.ts'
import { Secret } from '../../src/lib/secret.ts'
import type { Message } from '../../src/mail/service.ts'
import { createTestApp } from '../support/app.ts'
import { discards, letters } from '../support/letters.ts'
import { everyMessage, everythingStored, ISSUER, link, recovery, send, TOKEN, titleOf } from './support.ts'

const env = { ISSUER_URL: ISSUER }
const operator = { actor: { kind: 'operator', id: 'test' } } as const

/** As the outbox calls it: a change of a membership is one message, whatever it was. */
const nameOf = (message: Message): string => (message.name === 'membership-changed' ? message.name : titleOf(message))

async function withAda() {
  const app = await createTestApp({ env })
  const created = await app.people.users.create(operator, { email: 'Ada@example.com', name: 'Ada' })
  if (!created.ok) throw new Error(created.error)
  return { ...app, ada: created.value }
}

describe('a letter', () => {
  it('waits in the outbox once the change that it tells of has committed, and never without it', async () => {
    const app = await createTestApp({ env })
    await send(app)
    await expect(
      inTransaction(app.services.database.app, async (tx) => {
        const expiresAt = new Date(app.clock.now().getTime() + 1000)
        await app.people.mail.send(tx, { to: { address: 'eve@example.com' }, message: recovery, expiresAt })
        throw new Error('refused')
      }),
    ).rejects.toThrow('refused')
    expect(await letters(app)).toMatchObject([
      {
        to: 'ada@example.com',
        name: 'Ada Lovelace',
        message: 'recovery',
        subject: 'Choose a new password for Hearthkey',
        links: [link('/recover/password')],
      },
    ])
    const stored = await everythingStored(app)
    expect(stored.match(/mail\.deliver/g)?.length).toBeGreaterThan(0)
  })

  it('comes out of its seals as it went in, whatever it says', async () => {
    const app = await withAda()
    const to = { address: app.ada.email, person: app.ada.id, locale: 'de-AT' }
    for (const message of everyMessage) await send(app, { message, to })
    const opened = await letters(app)
    expect(opened.map(({ message }) => message)).toEqual(everyMessage.map(nameOf))
    expect(new Set(opened.map((letter) => letter.to))).toEqual(new Set(['Ada@example.com']))
    for (const { html } of opened) expect(html).toContain('<html lang="de"')
  })

  it('[MON-1] leaves neither its words nor its address in any table or log', async () => {
    const app = await withAda()
    for (const message of everyMessage) await send(app, { message })
    await send(app, { to: { address: app.ada.email, person: app.ada.id, name: 'Ada' } })
    const kept = `${await everythingStored(app)}${app.log.text()}`.toLowerCase()
    expect(kept).toContain('registration')
    const needles = [TOKEN, 'ada@example.com', 'lovelace', 'b…@example.org', 'firefox', '2001:db8::7', '/recover']
    for (const needle of needles.map((text) => text.toLowerCase())) {
      expect(kept).not.toContain(needle)
      expect(kept).not.toContain(Buffer.from(needle).toString('hex'))
    }
  })

  it('goes when the person goes whose key sealed it', async () => {
    const app = await withAda()
    await send(app, { to: { address: app.ada.email, person: app.ada.id } })
    await inTransaction(app.services.database.app, (tx) => app.services.keyring.persons.destroy(tx, app.ada.id))
    expect(await letters(app)).toEqual([])
  })
})

describe('links of a letter (threat 26)', () => {
  const elsewhere = [
    'https://evil.example/recover',
    'https://id.example.com.evil.example/recover',
    'https://id.example.com@evil.example/recover',
    'https://ada:secret@id.example.com/recover',
    'http://id.example.com/recover',
    'https://id.example.com:8443/recover',
    '//id.example.com/recover',
    '/recover',
    'https:id.example.com/recover',
    'https://id.example.com\\@evil.example/',
    'https://id.example.com/recover\nhttps://evil.example',
    'javascript:alert(1)',
    `https://id.example.com/${'a'.repeat(3000)}`,
    '',
  ]

  it('never lead elsewhere', async () => {
    const app = await createTestApp({ env })
    const messagesWith = (url: string): Message[] => [
      { name: 'recovery', url: new Secret(url), validFor: 30 },
      { name: 'already-registered', signInUrl: url, recoverUrl: `${ISSUER}/recover` },
      { name: 'already-registered', signInUrl: `${ISSUER}/account`, recoverUrl: url },
      { name: 'email-change-told', newAddress: 'b', undoUrl: new Secret(url), validFor: 30 },
      { name: 'notice', what: 'new-device', at: app.clock.now(), notMeUrl: new Secret(url) },
    ]
    for (const url of elsewhere)
      for (const message of messagesWith(url))
        await expect(send(app, { message }), url).rejects.toThrow(/does not lead to the issuer/)
  })

  it('are not quoted by the error that refuses them', async () => {
    const app = await createTestApp({ env })
    const message: Message = { name: 'recovery', url: new Secret(`https://evil.example/?token=${TOKEN}`), validFor: 30 }
    const error: unknown = await send(app, { message }).catch((thrown: unknown) => thrown)
    expect(String(error)).not.toContain(TOKEN)
  })
})

describe('the address of a letter (threat 23)', () => {
  const addresses = [
    'ada＠example.com',
    'ada@ｅxample.com',
    'ada@example.com\r\nBcc: eve@example.com',
    'ada@example.com, eve@example.com',
    '"Ada" <ada@example.com>',
    ' ada@example.com',
    'adı@example.com',
    'ada',
    '',
  ]

  it('is one that could be stored, or the letter is refused', async () => {
    const app = await createTestApp({ env })
    for (const address of addresses)
      await expect(send(app, { to: { address } }), address).rejects.toThrow(/goes to an address as it is stored/)
    expect(await letters(app)).toEqual([])
  })
})

describe('what a stranger had a say in', () => {
  it('stays on its line, however the browser calls itself', async () => {
    const app = await createTestApp({ env })
    const device = 'Firefox\r\n\r\nThis was you. Open https://evil.example\u202e\u2028now'
    const message: Message = {
      name: 'notice',
      what: 'new-device',
      at: app.clock.now(),
      device,
      notMeUrl: new Secret(link('/link/not-me')),
    }
    await send(app, { message, to: { address: 'ada@example.com', name: 'Ada\r\nBcc: eve@example.com' } })
    const [letter] = await letters(app)
    expect(letter?.text).toContain('Device: Firefox This was you. Open https://evil.example now\n')
    expect(letter?.name).toBe('Ada Bcc: eve@example.com')
  })

  it('is cut where it would fill the letter', async () => {
    const app = await createTestApp({ env })
    await send(app, {
      message: {
        name: 'notice',
        what: 'new-device',
        at: app.clock.now(),
        device: 'x'.repeat(9999),
        notMeUrl: new Secret(link('/link/not-me')),
      },
    })
    expect((await letters(app))[0]?.text).toMatch(/Device: x{200}\n/)
  })
})

describe('a letter to nobody (threat 25)', () => {
  it('is put there like any other, whatever was typed as its address', async () => {
    const app = await createTestApp({ env })
    await send(app, { message: { name: 'discard' }, to: { address: 'nobody@example.com' } })
    await send(app, { message: { name: 'discard' }, to: { address: 'no address' } })
    expect(await discards(app)).toBe(2)
    expect(await letters(app)).toEqual([])
    expect(await everythingStored(app)).not.toContain('nobody@')
  })
})

it('a letter that is too old before it was sent is refused', async () => {
  const app = await createTestApp({ env })
  await expect(send(app, { expiresAt: app.clock.now() })).rejects.toThrow(/too old/)
})
