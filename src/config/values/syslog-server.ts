import { z } from 'zod'
import { withForm } from './form.ts'

/** Whoever collects logs: by syslog over TLS (RFC 5425), or over TCP in the clear (RFC 6587). */
export interface SyslogServer {
  readonly host: string
  readonly port: number
  readonly tls: boolean
}

const DEFAULT_PORT = { 'tls:': 6514, 'tcp:': 601 }
const says = 'a URL such as tls://siem.example.com:6514'

function parse(text: string): SyslogServer | string {
  if (!/^(tls|tcp):\/\//.test(text) || !URL.canParse(text)) return `expected ${says}`
  const url = new URL(text)
  if (url.username || url.password || url.search || url.hash || !['', '/'].includes(url.pathname))
    return 'has more than a host and a port, where nothing else is understood'
  const host = url.hostname.replace(/^\[|\]$/g, '')
  if (host === '') return `names no host: expected ${says}`
  const tls = url.protocol === 'tls:'
  const port = url.port === '' ? DEFAULT_PORT[tls ? 'tls:' : 'tcp:'] : Number(url.port)
  return port === 0 ? 'names the port 0, where no server listens' : { host, port, tls }
}

export const syslogServer = () =>
  withForm(
    z.string().transform((text, context): SyslogServer => {
      const parsed = parse(text)
      if (typeof parsed !== 'string') return parsed
      context.addIssue(parsed)
      return z.NEVER
    }),
    { says },
  )
