import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { text as streamText } from 'node:stream/consumers'
import { createTransport } from 'nodemailer'
import { SMTPServer } from 'smtp-server'
import { describe, expect, it } from 'vitest'
import { readHeads } from '../../../src/cli/audit/given.ts'
import { letterRenderer } from '../../../src/mail/letters/render.ts'
import { smtpTransport } from '../../../src/mail/transport/smtp.ts'
import { createWords } from '../../../src/ui/messages/words.ts'
import { scratchDirectory } from '../../support/scratch.ts'
import { ISSUER, signingKey } from './made-log.ts'

const directory = scratchDirectory('mailed-head')
const render = letterRenderer({ words: createWords(), operator: 'Hearthkey', issuerUrl: ISSUER })

async function head(seq: number): Promise<string> {
  const payload = { iss: ISSUER, seq, first: 1, head: 'ab'.repeat(32), at: new Date(0).toISOString() }
  return (await signingKey()).sign(payload, 'hearthkey-audit+jwt')
}
const letterWith = (jws: string, language: string) =>
  render({ name: 'audit-head', seq: 17, hash: 'ab'.repeat(32), at: new Date(0), jws }, language)

/** As it went over the wire. */
async function mailed(jws: string, language: string): Promise<string> {
  const received: string[] = []
  const smtp = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS', 'AUTH'],
    onData: (stream, _session, done) =>
      void streamText(stream).then((mail) => {
        received.push(mail)
        done()
      }),
  })
  const listening = smtp.listen(0, '127.0.0.1')
  await once(listening, 'listening')
  const address = listening.address()
  const transport = smtpTransport({
    host: '127.0.0.1',
    port: typeof address === 'object' && address ? address.port : 0,
    implicitTls: false,
    login: undefined,
    tls: 'none',
    authority: undefined,
    ownHost: 'id.example',
    from: { address: 'no-reply@example.com', name: 'Example' },
    timeoutMs: 30_000,
    connections: 1,
  })
  const to = { address: 'auditor@example.com', name: undefined }
  const envelope = { messageId: '<1@id.example>', date: new Date(0), to, ...letterWith(jws, language) }
  await transport.send(envelope, new AbortController().signal)
  transport.close()
  smtp.close()
  return received[0] ?? ''
}

describe('[TOS-6] a head that came by mail', () => {
  it.each(['en', 'de'])('is read from the letter as it is saved, in %s', async (language) => {
    const jws = await head(17)
    const raw = await mailed(jws, language)
    expect(raw, 'it is cut on its way').not.toContain(jws)
    writeFileSync(join(directory, `${language}.eml`), raw)
    writeFileSync(join(directory, `${language}.unix.eml`), raw.replaceAll('\r\n', '\n'))
    expect(await readHeads(directory, `${language}.eml`)).toEqual([jws])
    expect(await readHeads(directory, `${language}.unix.eml`)).toEqual([jws])
  })

  it('comes along as a file of its own, which alone is enough too', async () => {
    const jws = await head(18)
    const raw = await mailed(jws, 'en')
    const [, body = ''] = /filename=head-17\.jws\r\n(?:.+\r\n)*\r\n([\w+/=\r\n]+?)\r\n--/.exec(raw) ?? []
    expect(Buffer.from(body, 'base64').toString()).toBe(`${jws}\n`)
    writeFileSync(join(directory, 'attached.eml'), `Content-Type: application/jose\r\n\r\n${body}`)
    expect(await readHeads(directory, 'attached.eml')).toEqual([jws])
  })

  it('is read from a letter whose text is in base64, and from a box of many letters', async () => {
    const [one, other] = [await head(1), await head(2)]
    const { subject, text, html } = letterWith(one, 'de')
    const stream = createTransport({ streamTransport: true, buffer: true })
    const { message } = await stream.sendMail({ subject, text, html, textEncoding: 'base64' })
    writeFileSync(join(directory, 'box.mbox'), `From a\n${message}\nFrom b\n${await mailed(other, 'en')}`)
    expect(new Set(await readHeads(directory, 'box.mbox'))).toEqual(new Set([one, other]))
  })

  it('lines that end like a folded letter stay lines where it is none', async () => {
    const jws = await head(3)
    writeFileSync(join(directory, 'log'), `note=\n${jws}\n`)
    expect(await readHeads(directory, 'log')).toEqual([jws])
  })
})
