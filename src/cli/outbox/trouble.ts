import { AppError } from '../../errors/app-error.ts'
import type { MailTrouble, TroubleReason } from '../../mail/transport/failure.ts'

interface About {
  /** Host and port. */
  readonly server: string
  readonly from: string
}

type Words = readonly [what: string, cure: string]

const RIGHT_PORT =
  'Use port 587 with smtp:// and port 465 with smtps://; then see that the server runs and no firewall is in between.'

const words: Readonly<Record<TroubleReason, (about: About) => Words>> = {
  dns: ({ server }) => [
    `The name in ${server} is not known here.`,
    'Correct the host in SMTP_URL, or the name service of this machine.',
  ],
  refused: ({ server }) => [`Nobody listens at ${server}.`, RIGHT_PORT],
  unreachable: ({ server }) => [`The connection to ${server} did not come about, or broke.`, RIGHT_PORT],
  timeout: ({ server }) => [
    `${server} did not answer in time.`,
    `${RIGHT_PORT} A server that is slow by nature: raise mail.timeout.`,
  ],
  tls: ({ server }) => [
    `There is no connection to ${server} that could be trusted: it offers no TLS, or a certificate that does not hold.`,
    'Name the host as in its certificate; set mail.ca for an authority of your own; or smtps:// where it offers TLS from the first byte. A relay without TLS in a network that is yours alone: mail.tls: opportunistic.',
  ],
  login: ({ server }) => [
    `${server} refuses the login, or wants one.`,
    'Correct login and password in SMTP_URL; an @ in them is written %40, a : %3A, a / %2F, a % %25.',
  ],
  sender: ({ server, from }) => [
    `${server} does not let this login send as ${from}.`,
    'Set MAIL_FROM to an address that the server lets it send as.',
  ],
  recipient: ({ server }) => [
    `${server} refuses this address.`,
    'Try another address. If it refuses those of other domains alone, it does not relay for this machine: allow it there, or use a login.',
  ],
  content: ({ server }) => [
    `${server} refuses what the letter says.`,
    'Ask whoever runs the mail server; its log names the rule.',
  ],
  later: ({ server }) => [
    `${server} asks to come back later.`,
    'Wait some minutes and try again: a limit, or greylisting, which lets the second try through.',
  ],
  protocol: ({ server }) => [`${server} does not speak as a mail server does.`, RIGHT_PORT],
}

/** Never what a server says to a login: some repeat it. */
export function inWords({ reason, message, answer }: MailTrouble, about: About): AppError {
  const [what, cure] = words[reason](about)
  const said = reason === 'login' || answer === undefined ? message : `${reason}: ${answer}`
  return new AppError('mail-undeliverable', { detail: `${what}\nIt was: ${said}`, cure })
}
