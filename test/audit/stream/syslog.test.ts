import { hostname } from 'node:os'
import { v7 } from 'uuid'
import { describe, expect, it } from 'vitest'
import { frame } from '../../../src/audit/stream/syslog/message.ts'
import { syslogTarget } from '../../../src/audit/stream/syslog/target.ts'
import { auditLine } from '../../../src/audit/verify/line.ts'
import { createEventWriter } from '../../../src/audit/writer.ts'
import { inTransaction } from '../../../src/db/transaction.ts'
import { certificateForSiem } from '../../../src/instance/siem-certificate.ts'
import { testConfig } from '../../support/config.ts'
import { eventually } from '../../support/eventually.ts'
import { freePort } from '../../support/free-port.ts'
import { personSeals } from '../person-seals.ts'
import { cable, certificate, numbersTo, receiver, streamWorld, tlsPath } from './support.ts'

/** Short, so that a test waits for nothing: each settles what came before it. */
const options = { connectionMs: 0, timeoutMs: 10_000, ca: undefined }
const at = (port: number, tls = false, host = '127.0.0.1') => ({ ...options, address: { host, port, tls } })

describe('the log as syslog [MON-13] [STO-12]', () => {
  it('is one message of RFC 5424 for each entry, counted in octets, with what it says beside the entry', async () => {
    const world = await streamWorld()
    const { port, messages } = await receiver()
    const pump = world.pumpTo(syslogTarget(at(port)))
    await pump.step()
    const last = await world.grow(2)
    expect(await pump.step()).toBe('more')
    expect(messages).toHaveLength(last)
    const [message = ''] = messages
    const header = `<109>1 2030-01-15T12:00:00.000Z ${hostname()} hearthkey - key.created `
    const data = `[hearthkey@32473 seq="1" action="key.created" actorKind="system" actor="test" targetKind="key" target="key_0"] `
    expect(message.slice(0, header.length + data.length)).toBe(header + data)
    const line = auditLine.parse(JSON.parse(message.slice(header.length + data.length)))
    expect(line).toMatchObject({ type: 'entry', seq: 1, entry: { action: 'key.created' }, opened: { ip: null } })
  })

  it('counts octets, not characters, and lets no value out of its quotes', () => {
    const line = { json: '{"a":"ü"}', at: new Date(0), name: 'sign_in.failed', facts: { target: 'a"]\\b' } }
    const text = frame(line, 'höst name').toString()
    const [length = '', ...rest] = text.split(' ')
    expect(Buffer.byteLength(rest.join(' '))).toBe(Number(length))
    expect(rest.join(' ')).toBe(
      '<108>1 1970-01-01T00:00:00.000Z hstname hearthkey - sign_in.failed [hearthkey@32473 target="a\\"\\]\\\\b"] {"a":"ü"}',
    )
  })

  it('of an entry that no receiver takes, is its hashes without what made it long, and the entry behind it', async () => {
    const world = await streamWorld()
    const there = await receiver()
    const pump = world.pumpTo(syslogTarget(at(there.port)))
    await pump.step()
    const uris = Array.from({ length: 100 }, (_, n) => `https://app.example/${n}/${'x'.repeat(400)}`)
    const { recordEvent } = createEventWriter({ clock: world.clock, sealForPerson: personSeals().sealForPerson })
    await inTransaction(world.database.app, (tx) =>
      recordEvent(
        tx,
        { actor: { kind: 'system', id: 'test' } },
        {
          action: 'client.created',
          target: 'large',
          after: { public: { redirectUris: uris } },
        },
      ),
    )
    const last = await world.grow(1)
    expect(await pump.step()).toBe('more')
    expect(there.numbers()).toEqual(numbersTo(last))
    const [large = ''] = there.messages
    expect(Buffer.byteLength(large)).toBeLessThan(65_536)
    expect(JSON.parse(large.slice(large.indexOf('{')))).toMatchObject({
      seq: 1,
      cut: ['before', 'after'],
      entry: { action: 'client.created', after: null },
      hash: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    expect(world.said('too long for this target')).toBe(1)
  })

  it('of an entry that is long by anything else, is no longer than a receiver takes either', async () => {
    const world = await streamWorld()
    const there = await receiver()
    const pump = world.pumpTo(syslogTarget(at(there.port)))
    await pump.step()
    const superuser = await world.database.superuser()
    const insert = (of: string, id: string, personal: number) =>
      superuser.query(
        `INSERT INTO events (id, occurred_at, action, actor_kind, actor_id, target_kind, target_id, personal, personal_of)
         VALUES ($1, '2030-01-15T12:00:00Z', 'key.created', 'client', $2, $3, $4, decode(repeat('00', $5), 'hex'), $1)`,
        [v7(), of, id, id, personal],
      )
    await insert('shop', 'key', 69_000)
    await insert('"'.repeat(1_000), 'key', 45_000)
    // From before there were limits.
    await insert('x'.repeat(200_000), 'y'.repeat(100_000), 1)
    const last = await world.grow(1)
    expect(await pump.step()).toBe('more')
    expect(there.numbers()).toEqual(numbersTo(last))
    for (const message of there.messages) expect(Buffer.byteLength(message)).toBeLessThan(60_000)
    const [first, second, third] = there.messages.map((message) => JSON.parse(message.slice(message.indexOf('{'))))
    expect(first).toMatchObject({ type: 'entry', entry: { personal: null }, cut: ['before', 'after', 'personal'] })
    expect(second).toMatchObject({ type: 'entry', cut: ['before', 'after', 'personal', 'actor.id'] })
    expect(third).toMatchObject({ type: 'link', seq: 3 })
    expect(world.said('too long for this target')).toBe(3)
  })

  it('moves on only when the receiver has closed behind us: what a lost connection took is sent again', async () => {
    const world = await streamWorld()
    const there = await receiver()
    const pump = world.pumpTo(syslogTarget({ ...at(there.port), connectionMs: 60_000 }))
    await pump.step()
    const last = await world.grow(3)
    await pump.step()
    await eventually(() => (there.messages.length === last ? true : undefined))
    expect(await world.place('stream-syslog')).toBe(0)
    there.cutAll()
    await eventually(async () => ((await pump.step()) === 'failed' ? true : undefined))
    await pump.step()
    await pump.stop()
    expect(there.numbers()).toEqual([...numbersTo(last), ...numbersTo(last)])
    expect(await world.place('stream-syslog')).toBe(last)
  })

  it('cut in the middle of a message, leaves nothing out', async () => {
    const world = await streamWorld()
    const there = await receiver()
    const pump = world.pumpTo(syslogTarget(at(there.port)))
    await pump.step()
    there.cutBehind(7, there.cutAll)
    const last = await world.grow(20)
    expect(await pump.step()).toBe('failed')
    await pump.step()
    expect(new Set(there.numbers())).toEqual(new Set(numbersTo(last)))
    expect(there.numbers().slice(-last)).toEqual(numbersTo(last))
    expect(await world.place('stream-syslog')).toBe(last)
  })

  it('finds a receiver again that was away, and says each of the two once', async () => {
    const world = await streamWorld()
    // A port that nobody else is given meanwhile.
    const first = await receiver({ port: await freePort() })
    const pump = world.pumpTo(syslogTarget(at(first.port)))
    await pump.step()
    await first.stop()
    const last = await world.grow(3)
    expect([await pump.step(), await pump.step(), await pump.step()]).toEqual(['failed', 'failed', 'failed'])
    expect(world.said('does not reach')).toBe(1)
    const second = await receiver({ port: first.port })
    expect(await pump.step()).toBe('more')
    expect(second.numbers()).toEqual(numbersTo(last))
    expect([world.said('does not reach'), world.said('reaches its target again')]).toEqual([1, 1])
  })

  it('to a receiver that takes nothing, waits for so long, holds no more than a batch, and nobody else up', async () => {
    const world = await streamWorld()
    const stuck = await receiver({ reads: false })
    const pump = world.pumpTo(syslogTarget({ ...at(stuck.port), timeoutMs: 300 }))
    await pump.step()
    await world.grow(2)
    const stepping = pump.step()
    // Meanwhile no transaction is open, so the log goes on.
    expect(await world.grow(2)).toBe(4)
    expect(await stepping).toBe('failed')
    expect(world.log.text()).toContain('the receiver did not close the connection within 300 ms')
    expect(await world.place('stream-syslog')).toBe(0)
  })

  describe('over TLS', () => {
    it('goes to a receiver that the authority vouches for', async () => {
      const world = await streamWorld()
      const there = await receiver({ tls: 'first' })
      const pump = world.pumpTo(syslogTarget({ ...at(there.port, true, 'localhost'), ca: certificate('first') }))
      await pump.step()
      const last = await world.grow(3)
      expect(await pump.step()).toBe('more')
      expect(there.numbers()).toEqual(numbersTo(last))
      expect(await world.place('stream-syslog')).toBe(last)
    })

    it('says nothing to one that nobody vouches for', async () => {
      const world = await streamWorld()
      const there = await receiver({ tls: 'second' })
      const pump = world.pumpTo(syslogTarget({ ...at(there.port, true, 'localhost'), ca: certificate('first') }))
      await pump.step()
      await world.grow(1)
      expect(await pump.step()).toBe('failed')
      expect(there.messages).toEqual([])
    })

    it.each([
      ['that it asks for', 'second', 'more'],
      ['of somebody else', 'first', 'failed'],
      ['at all, where none is named', undefined, 'failed'],
    ] as const)('shows who sends to a receiver that asks: a certificate %s', async (_, shown, done) => {
      const world = await streamWorld()
      const there = await receiver({ tls: 'first', asksFor: 'second' })
      const client = certificateForSiem({
        audit: {
          ...testConfig().audit,
          ...(shown && { syslogCert: tlsPath(`${shown}.cert.pem`), syslogKey: tlsPath(`${shown}.key.pem`) }),
        },
      })
      const options = { ...at(there.port, true, 'localhost'), ca: certificate('first'), client }
      const pump = world.pumpTo(syslogTarget(options))
      await pump.step()
      const last = await world.grow(3)
      expect(await pump.step()).toBe(done)
      expect(there.numbers()).toEqual(done === 'more' ? numbersTo(last) : [])
    })

    it('cut, is sent again', async () => {
      const world = await streamWorld()
      const there = await receiver({ tls: 'first' })
      const between = await cable(there.port)
      const pump = world.pumpTo(syslogTarget({ ...at(between.port, true, 'localhost'), ca: certificate('first') }))
      await pump.step()
      there.cutBehind(2, between.cut)
      const last = await world.grow(5)
      expect(await pump.step()).toBe('failed')
      await pump.step()
      expect(there.numbers().slice(-last)).toEqual(numbersTo(last))
    })
  })
})
