import { readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import type { SMTPServerOptions } from 'smtp-server'
import { describe, expect, it, onTestFinished } from 'vitest'
import { Secret } from '../../src/lib/secret.ts'
import { MailTrouble } from '../../src/mail/transport/failure.ts'
import { smtpTransport } from '../../src/mail/transport/smtp.ts'
import type { TransportSettings } from '../../src/mail/transport/transport.ts'
import { freePort } from '../support/free-port.ts'
import type { MailCapture } from '../support/mail.ts'
import { mailServer } from './post.ts'

const pem = (name: string) => readFileSync(join(import.meta.dirname, '../support/tls', name), 'utf8')
const authority = pem('first.cert.pem')
const tls = { cert: authority, key: pem('first.key.pem'), disabledCommands: [] }
const other = { cert: pem('second.cert.pem'), key: pem('second.key.pem'), disabledCommands: [] }
const PASSWORD = 'smtp-password-7f3a'

const portOf = ({ url }: MailCapture) => Number(new URL(url).port)

async function sendTo(port: number, settings: Partial<TransportSettings> = {}): Promise<{ answer: string }> {
  const transport = smtpTransport({
    host: 'localhost',
    port,
    implicitTls: false,
    login: undefined,
    tls: 'required',
    authority: undefined,
    ownHost: 'id.example.com',
    from: { address: 'no-reply@example.com', name: 'Example' },
    timeoutMs: 30_000,
    connections: 1,
    ...settings,
  })
  onTestFinished(() => transport.close())
  const letter = {
    messageId: '<1@id.example.com>',
    date: new Date(),
    subject: 'Hello',
    text: 'Hello',
    html: '<p>Hello',
  }
  return await transport.send(
    { ...letter, to: { address: 'ada@example.com', name: undefined } },
    new AbortController().signal,
  )
}

const withServer = async (behaviour: SMTPServerOptions, settings: Partial<TransportSettings> = {}) => {
  const smtp = await mailServer(behaviour)
  return { smtp, sent: sendTo(portOf(smtp), settings) }
}

describe('TLS to the mail server', () => {
  it('is used, and the certificate verified', async () => {
    const { smtp, sent } = await withServer(tls, { authority })
    expect((await sent).answer).toMatch(/^250/)
    expect(smtp.mails).toHaveLength(1)
  })

  it('from the first byte is verified, too', async () => {
    const { smtp, sent } = await withServer({ ...tls, secure: true }, { authority, implicitTls: true })
    await sent
    expect(smtp.mails).toHaveLength(1)
  })

  it.each([
    ['a certificate of nobody', tls, {}],
    ['a certificate of somebody else', other, { authority }],
    ['a certificate of nobody, from the first byte', { ...tls, secure: true }, { implicitTls: true }],
    ['no TLS', {}, {}],
    ['a certificate of nobody, though TLS was not demanded', tls, { tls: 'opportunistic' }],
  ] as const)('is demanded: a server with %s gets neither letter nor password', async (_what, behaviour, settings) => {
    const heard: string[] = []
    const onAuth: SMTPServerOptions['onAuth'] = ({ password }, _session, done) => {
      heard.push(password ?? '')
      done(null, { user: 'relay' })
    }
    const login = { user: 'relay', password: new Secret(PASSWORD) }
    const { smtp, sent } = await withServer({ ...behaviour, onAuth, allowInsecureAuth: true }, { login, ...settings })
    await expect(sent).rejects.toMatchObject({ reason: 'tls', isFinal: false })
    expect(smtp.mails).toEqual([])
    expect(heard).toEqual([])
  })

  it('is left out where the operator allows it and the server has none', async () => {
    const { smtp, sent } = await withServer({}, { tls: 'opportunistic' })
    await sent
    expect(smtp.mails).toHaveLength(1)
  })

  it('is not asked of a server on this machine, whose certificate is for nobody', async () => {
    const { smtp, sent } = await withServer(tls, { tls: 'none' })
    await sent
    expect(smtp.mails).toHaveLength(1)
  })
})

describe('the login', () => {
  it('is given to a server that asks for it', async () => {
    const heard: unknown[] = []
    const onAuth: SMTPServerOptions['onAuth'] = ({ username, password }, _session, done) => {
      heard.push([username, password])
      done(null, { user: 'relay' })
    }
    const login = { user: 'relay@example.com', password: new Secret(PASSWORD) }
    const { sent } = await withServer({ ...tls, authOptional: false, onAuth }, { authority, login })
    await sent
    expect(heard).toEqual([['relay@example.com', PASSWORD]])
  })

  it('[MON-1] stands in no error', async () => {
    const onAuth: SMTPServerOptions['onAuth'] = ({ username, password }, _session, done) =>
      done(Object.assign(new Error(`no: ${username} ${password}`), { responseCode: 535 }))
    const login = { user: 'relay@example.com', password: new Secret(PASSWORD) }
    const { sent } = await withServer({ ...tls, authOptional: false, onAuth }, { authority, login })
    const error: unknown = await sent.catch((thrown: unknown) => thrown)
    if (!(error instanceof MailTrouble)) throw error
    expect(error.reason).toBe('login')
    expect(`${error.message} ${error.stack} ${String(error.cause)}`).not.toContain(PASSWORD)
  })
})

describe('trouble is called by its name:', () => {
  it('a host that nobody knows', async () => {
    await expect(sendTo(25, { host: 'mail.invalid' })).rejects.toMatchObject({ reason: 'dns' })
  })

  it('a port where nobody listens', async () => {
    await expect(sendTo(await freePort())).rejects.toMatchObject({ reason: 'refused' })
  })

  it('a server that drips its answer for ever, so that no silence gives it away', async () => {
    const dripping = createServer((socket) => {
      socket.on('error', () => {}).write('220 mail.example.com\r\n')
      const drip = setInterval(() => socket.write('250-more\r\n'), 30)
      socket.on('close', () => clearInterval(drip))
    }).listen(0, '127.0.0.1')
    await new Promise((resolve) => dripping.once('listening', resolve))
    onTestFinished(() => void dripping.close())
    const address = dripping.address()
    const port = typeof address === 'object' && address ? address.port : 0
    await expect(sendTo(port, { host: '127.0.0.1', timeoutMs: 300 })).rejects.toMatchObject({ reason: 'timeout' })
  })

  it('a server that speaks TLS where none is expected, and the other way round', async () => {
    const secure = await mailServer({ ...tls, secure: true })
    await expect(sendTo(portOf(secure), { timeoutMs: 400 })).rejects.toMatchObject({
      reason: expect.stringMatching(/timeout|protocol|unreachable/),
    })
    const plain = await mailServer()
    await expect(sendTo(portOf(plain), { implicitTls: true })).rejects.toMatchObject({ reason: 'tls' })
  })
})

it('costs nothing before the first letter', () => {
  const settings = {
    host: 'mail.invalid',
    port: 25,
    implicitTls: false,
    login: undefined,
    tls: 'required',
    authority: undefined,
  } as const
  const more = {
    ownHost: 'id.example.com',
    from: { address: 'a@example.com', name: 'A' },
    timeoutMs: 1000,
    connections: 1,
  }
  const transport = smtpTransport({ ...settings, ...more })
  expect(() => transport.close()).not.toThrow()
})
