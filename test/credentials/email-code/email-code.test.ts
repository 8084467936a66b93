import { describe, expect, it } from 'vitest'
import { type EmailCodePurpose, newCode } from '../../../src/credentials/email-code/email-code.ts'
import { jobHandlers } from '../../../src/instance/jobs.ts'
import { sha256 } from '../../../src/lib/hash.ts'
import type { User } from '../../../src/users/user.ts'
import { atOnce, factorWorld, holderOf } from '../factor-support.ts'

const MINUTE = 60_000
const holder = holderOf('attempt')

async function mailed() {
  const world = await factorWorld()
  const { emailCodes, by, tx, letters } = world
  const send = (to: User, purpose: EmailCodePurpose = 'second-factor', of = holder) =>
    emailCodes.send(by, { holder: of, purpose, person: to })
  /** In the letter that came last. */
  const arrived = async (): Promise<string> => {
    const letter = (await letters()).findLast(({ message }) => message === 'email-code')
    const [code] = letter?.text.match(/\b[0-9]{6}\b/) ?? []
    if (code === undefined) throw new Error('no letter has a code')
    return code
  }
  const prove = (who: User, code: string, purpose: EmailCodePurpose = 'second-factor', of = holder) =>
    tx((it) => emailCodes.prove(it, { holder: of, purpose, user: who, code }))
  const sent = async (to = world.ada) => {
    const done = await send(to)
    if (!done.ok) throw new Error('no letter was sent')
    return arrived()
  }
  return { ...world, send, sent, arrived, prove }
}

describe('a code by mail', () => {
  it('goes to the address of the account, and is good for ten minutes and not a moment longer', async () => {
    const { ada, send, arrived, prove, letters, clock, emailCodes } = await mailed()
    const until = new Date(clock.now().getTime() + 10 * MINUTE)
    expect(await emailCodes.waiting(holder, 'second-factor')).toBeUndefined()
    expect(await send(ada)).toEqual({ ok: true, value: { expiresAt: until } })
    expect(await emailCodes.waiting(holder, 'second-factor')).toEqual({ sentAt: clock.now(), expiresAt: until })
    expect(await letters()).toMatchObject([{ to: ada.email, name: ada.name, message: 'email-code', expiresAt: until }])
    const first = await arrived()
    clock.advance(10 * MINUTE)
    expect(await prove(ada, first)).toBe(false)
    expect(await emailCodes.waiting(holder, 'second-factor')).toBeUndefined()
    await send(ada)
    clock.advance(10 * MINUTE - 1)
    expect(await prove(ada, await arrived())).toBe(true)
  })

  it('is used once', async () => {
    const { ada, sent, prove, emailCodes } = await mailed()
    const code = await sent()
    expect(await prove(ada, ` ${code.slice(0, 3)} ${code.slice(3)} `)).toBe(true)
    expect(await prove(ada, code)).toBe(false)
    expect(await emailCodes.waiting(holder, 'second-factor')).toBeUndefined()
  })

  it('is used once by twenty at the same moment', async () => {
    const { ada, sent, prove } = await mailed()
    const code = await sent()
    const proven = await atOnce(() => prove(ada, code))
    expect(proven.filter(Boolean)).toHaveLength(1)
  })

  it('is good again when what it was used for did not happen', async () => {
    const { ada, sent, prove, tx, emailCodes } = await mailed()
    const code = await sent()
    const failing = tx(async (it) => {
      await emailCodes.prove(it, { holder, purpose: 'second-factor', user: ada, code })
      throw new Error('power cut')
    })
    await expect(failing).rejects.toThrow('power cut')
    expect(await prove(ada, code)).toBe(true)
  })

  it('counts for whoever asked, for what it was asked for, for that person and that mailbox alone', async () => {
    const { ada, grace, sent, prove } = await mailed()
    const code = await sent()
    expect(await prove(ada, code, 'second-factor', holderOf('another attempt'))).toBe(false)
    expect(await prove(ada, code, 'mailbox')).toBe(false)
    expect(await prove(grace, code)).toBe(false)
    expect(await prove({ ...ada, email: grace.email }, code)).toBe(false)
    // Another spelling of the same mailbox.
    expect(await prove({ ...ada, email: ada.email.toUpperCase() }, code)).toBe(true)
  })

  it('that was wrong takes nothing away', async () => {
    const { ada, sent, prove } = await mailed()
    const code = await sent()
    const other = code === '000000' ? '000001' : '000000'
    for (const typed of [other, '', '12345', `${code}1`, 'abcdef']) expect(await prove(ada, typed)).toBe(false)
    expect(await prove(ada, code)).toBe(true)
  })

  it('is replaced by the next one, which is good for ten minutes of its own', async () => {
    const { ada, send, arrived, prove, clock } = await mailed()
    await send(ada)
    const first = await arrived()
    clock.advance(9 * MINUTE)
    await send(ada)
    const second = await arrived()
    if (first !== second) expect(await prove(ada, first)).toBe(false)
    clock.advance(9 * MINUTE)
    expect(await prove(ada, second)).toBe(true)
  })

  it('for the mailbox waits beside one for the second factor', async () => {
    const { ada, send, arrived, prove } = await mailed()
    await send(ada, 'mailbox')
    const forMailbox = await arrived()
    await send(ada)
    expect(await prove(ada, await arrived())).toBe(true)
    expect(await prove(ada, forMailbox, 'mailbox')).toBe(true)
  })

  it('is sent ten times in an hour at the most, whoever asks; and takes nothing from what recovery may send', async () => {
    const { ada, grace, send, letters, people } = await mailed()
    const outcomes = []
    for (let time = 0; time < 12; time += 1)
      outcomes.push((await send(ada, time % 2 ? 'mailbox' : 'second-factor', holderOf(`attempt ${time}`))).ok)
    expect(outcomes).toEqual([...Array(10).fill(true), false, false])
    expect(await send(ada)).toMatchObject({
      ok: false,
      error: { kind: 'limited', verdict: { ok: false, retryAfterSeconds: expect.any(Number) } },
    })
    expect(await letters()).toHaveLength(10)
    expect((await send(grace)).ok).toBe(true)
    const email = people.guard.emailKey(ada.email)
    expect(await people.guard.limits.take('mail', { email, purpose: 'recovery' })).toMatchObject({ ok: true })
  })

  it('that was refused leaves the one before as it was', async () => {
    const { ada, send, arrived, prove } = await mailed()
    for (let time = 0; time < 10; time += 1) await send(ada)
    const code = await arrived()
    expect((await send(ada)).ok).toBe(false)
    expect(await prove(ada, code)).toBe(true)
  })

  it('is six digits of which each is as likely', () => {
    const made = Array.from({ length: 2000 }, () => newCode().reveal())
    for (const code of made) expect(code).toMatch(/^[0-9]{6}$/)
    expect(made.some((code) => code.startsWith('0'))).toBe(true)
    expect(new Set(made).size).toBeGreaterThan(1950)
  })

  it('stands in no table and no log, nor does a hash that can be guessed at without the key', async () => {
    const { ada, sent, dump, log, database } = await mailed()
    const code = await sent(ada)
    // Six digits are found by chance in longer numbers, and behind the point of a time.
    const everything = `${await dump()}\n${log.text()}`
    expect(everything).not.toMatch(new RegExp(`(?<![0-9a-f.])${code}(?![0-9a-f])`))
    const hashes = await database.app.selectFrom('email_codes').select('code_hash').execute()
    expect(hashes).toHaveLength(1)
    for (const text of [code, `${ada.id}:${code}`, `second-factor:${code}`])
      expect(everything.includes(sha256(text).toString('hex'))).toBe(false)
    expect(everything.includes(Buffer.from(code).toString('hex'))).toBe(false)
  })

  it('is forgotten when its time is over', async () => {
    const { ada, grace, send, clock, services, config, log, database } = await mailed()
    await send(ada)
    clock.advance(6 * MINUTE)
    await send(grace, 'mailbox', holderOf('later'))
    clock.advance(5 * MINUTE)
    const handlers = jobHandlers({ config, services, clock, log: log.log })
    const sweep = handlers.find(({ kind }) => kind.name === 'email_codes.sweep')
    await sweep?.run({}, { jobId: 'x', attempt: 1, signal: new AbortController().signal })
    const left = await database.app.selectFrom('email_codes').select(['holder', 'purpose']).execute()
    expect(left).toEqual([{ holder: holderOf('later'), purpose: 'mailbox' }])
  })

  it('is sent in the language of the person, and is neither in the subject nor near a link that it belongs to', async () => {
    const { ada, letters, emailCodes, by, arrived } = await mailed()
    await emailCodes.send(by, { holder, purpose: 'mailbox', person: { ...ada, locale: 'de' } })
    const [letter] = await letters()
    expect(letter?.subject).toBe('Ihr Code für Hearthkey')
    expect(letter?.subject).not.toContain(await arrived())
    expect(letter?.text).toContain('dass dieses Postfach Ihnen gehört')
    expect(letter?.links.join()).not.toContain(await arrived())
  })
})

describe('codes by mail as a factor', () => {
  it('are on or off, each change an event; what waits goes with them', async () => {
    const { ada, grace, emailCodes, tx, by, actions, sent, prove } = await mailed()
    const change = (what: 'enable' | 'disable') => tx((it) => emailCodes[what](it, by, ada.id))
    expect(await emailCodes.isEnabled(ada.id)).toBe(false)
    expect(await change('enable')).toBe(true)
    expect(await change('enable')).toBe(false)
    expect(await emailCodes.isEnabled(ada.id)).toBe(true)
    expect(await emailCodes.isEnabled(grace.id)).toBe(false)
    const code = await sent()
    expect(await change('disable')).toBe(true)
    expect(await change('disable')).toBe(false)
    expect(await emailCodes.isEnabled(ada.id)).toBe(false)
    expect(await prove(ada, code)).toBe(false)
    const expected = ['email_code.enabled', 'email_code.sent', 'email_code.disabled']
    expect((await actions()).filter((action) => action.startsWith('email_code'))).toEqual(expected)
  })
})
