import type { Conflict } from './cross-checks.ts'
import type { Parsed } from './schema.ts'
import { isOnThisMachine } from './values/smtp-server.ts'

export function mailSenderOfANamedServer({ mail: { url, from } }: Parsed): Conflict | undefined {
  if (!url || from) return undefined
  return { keys: ['mail.from', 'mail.url'], reason: 'is not set: SMTP_URL and MAIL_FROM go together' }
}

/** Whoever sits in between leaves the offer of TLS out, and reads the password. */
export function mailPasswordInTheClear({ mail: { url, tls } }: Parsed): Conflict | undefined {
  if (tls !== 'opportunistic' || !url?.login || url.implicitTls || isOnThisMachine(url)) return undefined
  const reason =
    'would send the password of SMTP_URL in the clear to a server that offers no TLS: leave it at required, or use a mail server that asks for no password'
  return { keys: ['mail.tls', 'mail.url'], reason }
}
