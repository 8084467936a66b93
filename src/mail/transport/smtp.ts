import { isIP } from 'node:net'
import type { SendMailOptions, SMTPPoolOptions, Transporter } from 'nodemailer'
import { troubleOf } from './failure.ts'
import type { Envelope, Transport, TransportSettings } from './transport.ts'

/** Nothing is loaded and nothing is opened before the first letter. */
export function smtpTransport(settings: TransportSettings): Transport {
  let made: Promise<Transporter> | undefined
  const transporter = () => {
    made ??= import('nodemailer').then(({ createTransport }) => createTransport(optionsOf(settings)))
    return made
  }
  return {
    send: async (letter, signal) => {
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(settings.timeoutMs)])
      try {
        const smtp = await transporter()
        const { response } = await smtp.sendMail({ ...messageOf(letter, settings), signal: deadline })
        return { answer: response ?? '' }
      } catch (error) {
        throw troubleOf(error)
      }
    },
    close: () => void made?.then((smtp) => smtp.close({ force: true })).catch(() => {}),
  }
}

function optionsOf(settings: TransportSettings): SMTPPoolOptions & { pool: true } {
  const { host, port, implicitTls, login, tls, authority, ownHost, timeoutMs, connections } = settings
  return {
    pool: true,
    maxConnections: connections,
    // Whether a letter is tried again is for our queue to say, which knows when it is too old.
    maxRequeues: 0,
    idleTimeout: 15_000,
    host,
    port,
    secure: implicitTls,
    requireTLS: tls === 'required' && !implicitTls,
    ignoreTLS: tls === 'none',
    tls: { minVersion: 'TLSv1.2', rejectUnauthorized: true, ...(authority !== undefined && { ca: authority }) },
    ...(login && { auth: { user: login.user, pass: login.password.reveal() } }),
    name: isIP(ownHost) > 0 ? `[${ownHost}]` : ownHost,
    connectionTimeout: timeoutMs,
    greetingTimeout: timeoutMs,
    socketTimeout: timeoutMs,
    dnsTimeout: timeoutMs,
    // Of strings nothing is ever fetched, whatever stands in them.
    disableFileAccess: true,
    disableUrlAccess: true,
    maxRecipients: 1,
  }
}

/**
 * Addresses are handed over as objects and never as text, so that no library reads a second recipient out of a name; and
 * the envelope says who gets it, whatever the head shows (threat 23).
 */
function messageOf(
  { messageId, date, to, subject, text, html, attachments = [] }: Envelope,
  { from }: TransportSettings,
): SendMailOptions {
  return {
    envelope: { from: { address: from.address }, to: { address: to.address } },
    from: { address: from.address, name: from.name },
    to: { address: to.address, name: to.name ?? '' },
    subject,
    text,
    html,
    attachments: attachments.map(({ name, type, text }) => ({ filename: name, contentType: type, content: text })),
    messageId,
    date,
    headers: {
      // RFC 3834: nobody's holiday answers.
      'Auto-Submitted': 'auto-generated',
      'X-Auto-Response-Suppress': 'All',
    },
  }
}
