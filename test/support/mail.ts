import { once } from 'node:events'
import { buffer } from 'node:stream/consumers'
import { SMTPServer, type SMTPServerOptions } from 'smtp-server'
import { type CapturedMail, readMail } from './mail-message.ts'

export type { CapturedMail } from './mail-message.ts'

export interface MailCapture {
  /** For `SMTP_URL`. */
  readonly url: string
  readonly mails: readonly CapturedMail[]
  /** The first mail that fits, whether it has come already or comes before the deadline. */
  waitForMail(fits: (mail: CapturedMail) => boolean, deadline?: number): Promise<CapturedMail>
  close(): Promise<void>
}

const DEADLINE = 30_000

/**
 * A real SMTP server on loopback: what arrives here went through the transport, its queue and its retries. `behaviour` is
 * for a server with certificates, logins or a bad temper.
 */
export async function captureMail(behaviour: SMTPServerOptions = {}): Promise<MailCapture> {
  const mails: CapturedMail[] = []
  const waiting = new Set<(mail: CapturedMail) => void>()
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    closeTimeout: 100,
    onData: (stream, session, done) => {
      buffer(stream).then((source) => {
        const mail = readMail(source, session.envelope)
        mails.push(mail)
        for (const offer of waiting) offer(mail)
        done()
      }, done)
    },
    ...behaviour,
  })
  // A client that hangs up half-way is its own business.
  server.on('error', () => {})
  const listener = server.listen(0, '127.0.0.1')
  await once(listener, 'listening')
  const address = listener.address()
  if (address === null || typeof address === 'string') throw new Error('the mail server has no port')

  return {
    url: `smtp://127.0.0.1:${address.port}`,
    mails,
    waitForMail: (fits, deadline = DEADLINE) => {
      const already = mails.find(fits)
      if (already !== undefined) return Promise.resolve(already)
      return new Promise((resolve, reject) => {
        const offer = (mail: CapturedMail) => {
          if (!fits(mail)) return
          clearTimeout(timer)
          waiting.delete(offer)
          resolve(mail)
        }
        const timer = setTimeout(() => {
          waiting.delete(offer)
          const seen = mails.map((mail) => `${mail.header('subject')} → ${mail.to.join(', ')}`)
          reject(new Error(`no such mail within ${deadline} ms; there came: ${seen.join('; ') || 'none'}`))
        }, deadline)
        waiting.add(offer)
      })
    },
    close: () => new Promise((resolve) => server.close(() => resolve())),
  }
}
