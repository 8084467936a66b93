import { isIP } from 'node:net'
import ipaddr from 'ipaddr.js'
import { z } from 'zod'
import { Secret } from '../../lib/secret.ts'
import { withForm } from './form.ts'

/** The operator's mail server, taken apart here: a URL handed on whole would be read a second time by others' rules. */
export interface SmtpServer {
  readonly host: string
  readonly port: number
  /** From the first byte (`smtps://`); otherwise by STARTTLS. */
  readonly implicitTls: boolean
  readonly login: { readonly user: string; readonly password: Secret<string> } | undefined
}

type Parsed = { readonly server: SmtpServer } | { readonly reason: string }

const PERCENT =
  'is not a URL that can be read: percent-encode the special characters of login and password (an @ is %40, a : is %3A, a / is %2F, a % is %25)'
const DEFAULT_PORT = { 'smtp:': 587, 'smtps:': 465 }

/** The reasons quote nothing of the URL: it may hold a password in the wrong place. */
export function parseSmtpServer(text: string): Parsed {
  if (!/^smtps?:\/\//.test(text)) return { reason: 'expected a URL that begins with smtp:// or smtps://' }
  if (!URL.canParse(text)) return { reason: PERCENT }
  const url = new URL(text)
  if (url.hash || url.search || !['', '/'].includes(url.pathname))
    return {
      reason:
        'has something behind the host and port, where nothing is understood; a bare # ? or / of the password is written %23 %3F %2F',
    }
  const [user, password] = [decoded(url.username), decoded(url.password)]
  if (user === undefined || password === undefined) return { reason: PERCENT }
  if ((user === '') !== (password === ''))
    return { reason: 'needs login and password together: smtp://login:password@host' }
  if (/\p{Cc}/u.test(user + password)) return { reason: 'has a control character in its login or password' }
  const implicitTls = url.protocol === 'smtps:'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (host === '') return { reason: 'names no host: smtp://login:password@host' }
  const port = url.port === '' ? DEFAULT_PORT[implicitTls ? 'smtps:' : 'smtp:'] : Number(url.port)
  if (port === 0) return { reason: 'names the port 0, where no server listens' }
  const login = user === '' ? undefined : { user, password: new Secret(password) }
  return { server: { host, port, implicitTls, login } }
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part)
  } catch {
    return undefined
  }
}

/** Nobody sits in between. */
export const isOnThisMachine = ({ host }: SmtpServer): boolean =>
  isIP(host) > 0 ? ipaddr.parse(host).range() === 'loopback' : host === 'localhost' || host.endsWith('.localhost')

export const smtpServer = () =>
  withForm(
    z.string().transform((text, context): SmtpServer => {
      const parsed = parseSmtpServer(text)
      if ('server' in parsed) return parsed.server
      context.addIssue(parsed.reason)
      return z.NEVER
    }),
    { says: 'a URL such as smtp://login:password@host:587' },
  )
